"""GET /client-keys/current: a machine asks what its key is and may do."""

from orderflow.clients.admission import admitted
from orderflow.clients.answers import as_json
from orderflow.clients.key_reader import DynamoKeyReader
from orderflow.clients.reading import get_own_key
from orderflow.clients.usage_store import DynamoUsageBook
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now


@api_handler
def handler(request: Request) -> Response:
    table = settings.text("CLIENT_KEYS_TABLE")
    machine = admitted(request.client, None, usage=DynamoUsageBook(client("dynamodb"), table), clock=utc_now)
    shown = get_own_key(machine, DynamoKeyReader(client("dynamodb"), table))
    return Response(200, as_json(shown.key, utc_now(), shown.last_used_at))
