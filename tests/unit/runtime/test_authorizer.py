"""The door of the authorizer: what API Gateway is told of a key, and what the log is told."""

import io
import json
import re
from typing import Any

import pytest

from orderflow.runtime.api import Response, api_handler
from orderflow.runtime.authorizer import authorizer_handler
from orderflow.runtime.caller import REFUSED_KEY, Client, ClientRefusedError, client_from_context
from orderflow.runtime.errors import NotAuthenticatedError
from tests.support.client_keys import KEY_ID, key_of, machine
from tests.support.gateway import CONTEXT, call

STAGE = "arn:aws:execute-api:eu-central-1:123456789012:abc/local"
ARN = f"{STAGE}/GET/products/ITEM001/stock"


def judging(outcome: Any) -> Any:
    """Return an authorizer that finds, or raises, `outcome`, and remembers what it was shown."""

    def authorize(key: str) -> Client:
        authorizer.shown.append(key)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    authorizer = authorizer_handler(authorize)
    authorizer.shown = []
    return authorizer


def ask(authorizer: Any, token: str = f"Bearer {key_of()}") -> dict[str, Any]:
    return authorizer({"type": "TOKEN", "authorizationToken": token, "methodArn": ARN}, CONTEXT)


def test_a_valid_key_is_allowed_the_whole_stage_because_the_answer_is_kept_for_every_method() -> None:
    answer = ask(judging(machine()))
    assert answer["policyDocument"] == {
        "Version": "2012-10-17",
        "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{STAGE}/*"}],
    }
    assert answer["principalId"] == KEY_ID
    assert client_from_context({name: str(value) for name, value in answer["context"].items()}) == machine()
    # API Gateway hands on plain values only, and drops what is nested.
    assert {type(value) for value in answer["context"].values()} <= {str, int}


def test_a_refused_key_is_denied_the_whole_stage_and_is_nobody() -> None:
    answer = ask(judging(ClientRefusedError("expired", KEY_ID)))
    assert answer["policyDocument"]["Statement"] == [
        {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": f"{STAGE}/*"}
    ]
    assert (answer["principalId"], "context" in answer) == ("nobody", False)


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, "This operation needs the header `Authorization: Bearer <client key>`."),
        ({"authorization": f"Bearer {key_of()}"}, REFUSED_KEY),
    ],
)
def test_where_the_function_refuses_a_request_without_a_valid_key_comes_to_it_as_nobody(headers, told: str) -> None:
    # Given a request as a whole, which its function refuses in its protocol's words
    authorizer = judging(ClientRefusedError("wrong", KEY_ID))
    # When it shows no key, or one that is none
    answer = authorizer({"type": "REQUEST", "headers": headers, "methodArn": ARN}, CONTEXT)
    # Then it passes, and whoever asks for the machine behind it hears that there is none
    assert (answer["principalId"], answer["policyDocument"]["Statement"][0]["Effect"]) == ("nobody", "Allow")
    with pytest.raises(NotAuthenticatedError, match=re.escape(told)):
        client_from_context({**answer["context"], "principalId": "nobody"})


@pytest.mark.parametrize("sent", ["Bearer KEY", "bearer KEY", "BEARER  KEY", "KEY", "Bearer KEY "])
def test_the_key_is_read_after_the_word_bearer(sent: str) -> None:
    authorizer = judging(machine())
    ask(authorizer, sent)
    assert authorizer.shown == ["KEY"]


def test_a_defect_is_raised_and_lets_nobody_in(logged: io.StringIO) -> None:
    with pytest.raises(ZeroDivisionError):
        ask(judging(ZeroDivisionError()))
    (line,) = (json.loads(text) for text in logged.getvalue().splitlines())
    assert (line["event"], line["level"]) == ("AUTHORIZER_CRASHED", "ERROR")


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (machine(), ("CLIENT_AUTHORIZED", "INFO", KEY_ID, None)),
        (ClientRefusedError("wrong", KEY_ID), ("CLIENT_REFUSED", "WARNING", KEY_ID, "wrong")),
        (ClientRefusedError("malformed"), ("CLIENT_REFUSED", "WARNING", None, "malformed")),
    ],
)
def test_the_log_names_the_key_and_the_reason_and_never_the_secret(logged: io.StringIO, outcome, told) -> None:
    ask(judging(outcome))
    (line,) = (json.loads(text) for text in logged.getvalue().splitlines())
    assert (line["event"], line["level"], line.get("client_key_id"), line.get("reason")) == told
    assert key_of()[-64:] not in logged.getvalue()


def asking(who: str) -> Any:
    """Return a function that asks for the person or the machine behind a request."""
    return api_handler(lambda request: Response(200, {"who": str(getattr(request, who))}))


def test_a_machines_key_never_passes_for_a_person() -> None:
    answer = call(asking("caller"), client=machine())
    assert (answer.status, answer.code) == (401, "NOT_AUTHENTICATED")
    assert call(asking("client"), client=machine()).status == 200


@pytest.mark.parametrize("groups", ["", "[admin staff]"])
def test_a_person_never_passes_for_a_machine_administrators_included(groups: str) -> None:
    answer = call(asking("client"), user="admin-1", groups=groups)
    assert (answer.status, answer.code) == (401, "NOT_AUTHENTICATED")
    assert call(asking("caller"), user="admin-1", groups=groups).status == 200


def test_nobody_is_neither() -> None:
    assert [call(asking(who)).status for who in ("caller", "client")] == [401, 401]


def test_every_log_line_of_a_request_names_the_key_of_its_machine(logged: io.StringIO) -> None:
    call(asking("client"), client=machine())
    call(asking("caller"), user="u")
    told = [json.loads(text).get("client_key_id") for text in logged.getvalue().splitlines()]
    assert told == [KEY_ID, None]
