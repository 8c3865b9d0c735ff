"""API Gateway's proxy events, and Lambda's context."""

import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from orderflow.runtime.caller import Client, client_context

CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:eu-central-1:123456789012:function:test",
    aws_request_id="function-request-1",
    get_remaining_time_in_millis=lambda: 10_000,
)


@dataclass(frozen=True)
class Answer:
    """What a handler answered, with its body read."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def code(self) -> str:
        """The stable code of an error."""
        return str(self.body["code"])

    @property
    def fields(self) -> list[str]:
        """The fields that an error names."""
        return [detail["field"] for detail in self.body.get("details", ())]


def event(
    *,
    body: Any = None,
    path: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    user: str | None = None,
    groups: str = "",
    token_use: str = "id",  # noqa: S107 - a kind of token, not one
    route: str = "GET /",
    client: Client | None = None,
) -> dict[str, Any]:
    """Return the event of one request; `user` is the `sub` of its id token, `client` the machine behind its key."""
    claims = {"sub": user, "token_use": token_use, "cognito:groups": groups}
    method, _, resource = route.partition(" ")
    authorizer = as_context(client) if client else {"claims": claims} if user else None
    return {
        "httpMethod": method,
        "resource": resource,
        "headers": {"Content-Type": "application/json", **(headers or {})},
        "pathParameters": path,
        "queryStringParameters": query,
        "requestContext": {"requestId": "request-1", "authorizer": authorizer},
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def as_context(client: Client) -> dict[str, str]:
    """Return what a function is told of a client: API Gateway makes every value of an authorizer's context a text."""
    return {name: str(value) for name, value in client_context(client).items()} | {"principalId": client.key_id}


def call(handler: Any, **request: Any) -> Answer:
    """Call a handler as API Gateway does."""
    answer = handler(event(**request), CONTEXT)
    return Answer(answer["statusCode"], answer["headers"], json.loads(answer["body"]) if answer["body"] else None)


def as_admin(handler: Any, **request: Any) -> Answer:
    """Call a handler with an administrator's id token."""
    return call(handler, user="admin-1", groups="[admin staff]", **request)
