"""DELETE /client-keys/{keyId}: an administrator ends a key, for good and at once."""

from orderflow.clients.changing import revoke_client_key
from orderflow.clients.key_store import DynamoKeyBook
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), request.caller.user_id, request.request_id)
    key_id = request.path("keyId")
    keys = DynamoKeyBook(client("dynamodb"), settings.text("CLIENT_KEYS_TABLE"), author)
    if revoke_client_key(request.caller, key_id, keys=keys, clock=utc_now):
        log(LogEvent.CLIENT_KEY_REVOKED, client_key_id=key_id)
    return Response(204)
