"""The door of the Lambda authorizer: API Gateway's token in, a policy and who the client is out.

API Gateway keeps the answer for a while and gives it to every method that the same token is shown to, so the policy
speaks of the whole stage; what a client may do there is decided by its scopes, in the function.
docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-lambda-authorizer-output.html
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from orderflow.runtime.caller import Client, ClientRefusedError, client_context, nobody_context
from orderflow.runtime.observability import LogEvent, flush_metrics, log, logger, traced

Authorize = Callable[[str], Client]
Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]

_BEARER = re.compile(r"^bearer +", re.IGNORECASE)


def authorizer_handler(authorize: Authorize) -> Handler:
    """Make a judgement of keys a Lambda authorizer of type TOKEN, and of type REQUEST for the checkout's routes.

    A refused key is an answer, Deny, which the gateway makes a 401 and keeps: to raise `Unauthorized` instead would
    count as a failure of the function, so that anybody with a wrong key could call somebody out of bed. A request as a
    whole is asked about where the function refuses in its protocol's words: it comes there as nobody, and is not kept.
    """

    @traced
    @functools.wraps(authorize)
    def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        logger.clear_state()
        logger.append_keys(
            function_request_id=getattr(context, "aws_request_id", None),
            operation=authorize.__module__.rpartition(".")[2],
        )
        stage = "/".join(event["methodArn"].split("/")[:2])  # arn:…:api-id/stage/METHOD/path
        shown = _shown(event)
        try:
            client = authorize(_BEARER.sub("", shown, count=1).strip())
        except ClientRefusedError as refusal:
            log(LogEvent.CLIENT_REFUSED, reason=refusal.reason, client_key_id=refusal.key_id)
            if _is_of_a_key(event):
                return _answer("nobody", "Deny", stage)
            return {**_answer("nobody", "Allow", stage), "context": nobody_context(has_shown_a_key=bool(shown))}
        except Exception:
            log(LogEvent.AUTHORIZER_CRASHED, exc_info=True)
            raise
        else:
            log(LogEvent.CLIENT_AUTHORIZED, client_key_id=client.key_id)
            return {**_answer(client.key_id, "Allow", stage), "context": client_context(client)}
        finally:
            flush_metrics()

    return cast(Handler, handler)


def _is_of_a_key(event: Mapping[str, Any]) -> bool:
    return "authorizationToken" in event


def _shown(event: Mapping[str, Any]) -> str:
    """Return what the request shows; empty only where the gateway asks about requests without a key, too."""
    if _is_of_a_key(event):
        return str(event["authorizationToken"])
    headers: Mapping[str, str] = event.get("headers") or {}
    return next((value for name, value in headers.items() if name.lower() == "authorization"), "")


def _answer(principal: str, effect: str, stage: str) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": f"{stage}/*"}
    return {"principalId": principal, "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
