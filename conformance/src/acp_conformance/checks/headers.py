"""What every answer carries."""

from acp_conformance.checks.errors import NOBODY
from acp_conformance.checks.lifecycle import CHECKOUT
from acp_conformance.requirement import SHOULD, expect, requirement
from acp_conformance.shop import Shop, fresh_key

ANSWERS = f"{CHECKOUT} §3.1"


@requirement("header.request_id", "Request-Id is echoed", ANSWERS)
def the_request_id_is_echoed(shop: Shop) -> None:
    created = shop.create(shop.new(), request_id="acp-conformance-1")
    read = shop.read(created.document["id"], request_id="acp-conformance-2")
    for answer, sent in ((created, "acp-conformance-1"), (read, "acp-conformance-2")):
        echoed = answer.headers.get("request-id")
        expect(echoed == sent, f"Sent Request-Id {sent!r}, answered {echoed!r}: {answer}")


@requirement("header.request_id.error", "Request-Id is echoed by errors too", ANSWERS, SHOULD)
def errors_echo_the_request_id(shop: Shop) -> None:
    answer = shop.read(NOBODY, request_id="acp-conformance-3")
    echoed = answer.headers.get("request-id")
    expect(echoed == "acp-conformance-3", f"Answered Request-Id {echoed!r}: {answer}")


@requirement("header.idempotency_key", "Idempotency-Key is echoed by POST answers", ANSWERS, SHOULD)
def the_key_is_echoed(shop: Shop) -> None:
    key = fresh_key()
    answer = shop.create(shop.new(), key)
    echoed = answer.headers.get("idempotency-key")
    expect(echoed == key, f"Sent Idempotency-Key {key!r}, answered {echoed!r}.")


@requirement("header.content_type", "Answers and errors are application/json", ANSWERS)
def answers_are_json(shop: Shop) -> None:
    for answer in (shop.create(shop.new()), shop.read(NOBODY)):
        kind = answer.headers.get("content-type", "")
        expect(kind.partition(";")[0].strip() == "application/json", f"Content-Type is {kind!r}: {answer}")
