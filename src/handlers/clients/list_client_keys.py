"""GET /client-keys: one page of all keys for an administrator, newest first, without their secrets."""

from orderflow.clients.answers import page_as_json
from orderflow.clients.key_reader import DynamoKeyReader
from orderflow.clients.reading import list_client_keys
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.paging import cursor_key, page_limit


@api_handler
def handler(request: Request) -> Response:
    page, token = list_client_keys(
        request.caller,
        limit=page_limit(request.query("limit")),
        token=request.query("nextToken"),
        keys=DynamoKeyReader(client("dynamodb"), settings.text("CLIENT_KEYS_TABLE")),
        cursor_key=cursor_key,
    )
    return Response(200, page_as_json(page, token, utc_now()))
