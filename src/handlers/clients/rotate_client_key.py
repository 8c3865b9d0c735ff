"""POST /client-keys/{keyId}/rotate: an administrator issues another secret, and the old one ends a little later."""

from datetime import timedelta

from orderflow.clients.answers import as_json
from orderflow.clients.api_key import new_secret
from orderflow.clients.issuing import rotate_client_key
from orderflow.clients.key_store import DynamoKeyBook
from orderflow.contract import rotate_client_key_request
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), request.caller.user_id, request.request_id)
    body = rotate_client_key_request.validate(request.json())
    key, text = rotate_client_key(
        request.caller,
        request.path("keyId"),
        timedelta(seconds=body["overlapSeconds"]),
        keys=DynamoKeyBook(client("dynamodb"), settings.text("CLIENT_KEYS_TABLE"), author),
        clock=utc_now,
        new_secret=new_secret,
    )
    log(LogEvent.CLIENT_KEY_ISSUED, client_key_id=key.key_id, scopes=list(key.scopes))
    return Response(200, {**as_json(key, utc_now()), "key": text})
