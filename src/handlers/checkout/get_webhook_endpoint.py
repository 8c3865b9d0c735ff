"""GET /webhook_endpoints/{endpointId}: one endpoint for an administrator, without its secrets."""

from orderflow.checkout.webhooks.answers import as_json
from orderflow.checkout.webhooks.endpoint_reader import DynamoEndpoints
from orderflow.checkout.webhooks.managing import get_endpoint
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now


@api_handler
def handler(request: Request) -> Response:
    endpoints = DynamoEndpoints(client("dynamodb"), settings.text("WEBHOOK_ENDPOINTS_TABLE"))
    return Response(200, as_json(get_endpoint(request.caller, request.path("endpointId"), endpoints), utc_now()))
