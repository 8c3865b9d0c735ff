"""GET /client-keys/{keyId}: one key for an administrator, without its secrets."""

from orderflow.clients.answers import as_json
from orderflow.clients.key_reader import DynamoKeyReader
from orderflow.clients.reading import get_client_key
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now


@api_handler
def handler(request: Request) -> Response:
    keys = DynamoKeyReader(client("dynamodb"), settings.text("CLIENT_KEYS_TABLE"))
    shown = get_client_key(request.caller, request.path("keyId"), keys)
    return Response(200, as_json(shown.key, utc_now(), shown.last_used_at))
