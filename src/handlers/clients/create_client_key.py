"""POST /client-keys: an administrator issues a key to a machine."""

from datetime import datetime

from orderflow.clients.answers import as_json
from orderflow.clients.api_key import new_secret
from orderflow.clients.issuing import create_client_key
from orderflow.clients.key_store import DynamoKeyBook
from orderflow.contract import create_client_key_request
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler, invalid_field
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), request.caller.user_id, request.request_id)
    body = create_client_key_request.validate(request.json())
    key, text = create_client_key(
        request.caller,
        body["name"],
        body["scopes"],
        rate_per_minute=body.get("ratePerMinute"),
        expires_at=_moment(body["expiresAt"]) if "expiresAt" in body else None,
        keys=DynamoKeyBook(client("dynamodb"), settings.text("CLIENT_KEYS_TABLE"), author),
        clock=utc_now,
        ids=new_ulid,
        new_secret=new_secret,
    )
    log(LogEvent.CLIENT_KEY_ISSUED, client_key_id=key.key_id, scopes=list(key.scopes))
    return Response(201, {**as_json(key, utc_now()), "key": text})


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise invalid_field("expiresAt", "is no moment of the calendar") from None
