"""The HTTP file works as it stands: every request of it, in its order, against the whole system."""

from uuid import uuid4

from tests.e2e.shop import PASSWORD, Shop
from tests.support.http_file import Runner, parse
from tools.apidocs.files import FOLDER

# They need a code that only the owner of a mailbox reads.
NEED_A_PERSON = {"confirmCustomer", "confirmEmailChange"}


def test_every_request_of_the_http_file_is_answered_as_it_says(shop: Shop, admin: Shop) -> None:
    # Given the file with a reader's own values
    file = parse((FOLDER / "orderflow.http").read_text(encoding="utf-8"))
    runner = Runner(
        file,
        {
            "baseUrl": shop.url,
            "email": f"http-file-{uuid4().hex}@example.com",
            "password": PASSWORD,
            "adminToken": admin.token or "",
            "newProductId": f"HTTP-{uuid4().hex[:8]}",
        },
    )
    # When all of it is sent but what needs a code from an e-mail: the local shop writes none
    sent = [request for request in file.requests if runner.may_send(request)]
    answers = [(request, runner.send(request)) for request in sent]
    # Then each was answered with the status that the file names, and the orders got where it says
    answered = [(request.name, answer.status_code, answer.text[:300]) for request, answer in answers]
    assert [line[:2] for line in answered] == [(request.name, request.status) for request in sent], answered
    reached = [(request.name, answer.json()["status"]) for request, answer in answers if request.until]
    assert reached == [(request.name, request.until) for request in sent if request.until]
    assert len(reached) >= 2
    assert {request.name for request in file.requests} - {request.name for request in sent} == NEED_A_PERSON
