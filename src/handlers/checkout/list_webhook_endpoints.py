"""GET /webhook_endpoints: one page of all endpoints for an administrator, newest first, without their secrets."""

from orderflow.checkout.webhooks.answers import page_as_json
from orderflow.checkout.webhooks.endpoint_reader import DynamoEndpoints
from orderflow.checkout.webhooks.managing import list_endpoints
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.paging import cursor_key, page_limit


@api_handler
def handler(request: Request) -> Response:
    page, token = list_endpoints(
        request.caller,
        limit=page_limit(request.query("limit")),
        token=request.query("nextToken"),
        endpoints=DynamoEndpoints(client("dynamodb"), settings.text("WEBHOOK_ENDPOINTS_TABLE")),
        cursor_key=cursor_key,
    )
    return Response(200, page_as_json(page, token, utc_now()))
