"""DELETE /webhook_endpoints/{endpointId}: an administrator removes an endpoint; nothing more is sent there."""

from orderflow.checkout.webhooks.endpoint_store import DynamoEndpointBook
from orderflow.checkout.webhooks.managing import delete_endpoint
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), request.caller.user_id, request.request_id)
    endpoint_id = request.path("endpointId")
    endpoints = DynamoEndpointBook(client("dynamodb"), settings.text("WEBHOOK_ENDPOINTS_TABLE"), author)
    delete_endpoint(request.caller, endpoint_id, endpoints=endpoints, clock=utc_now)
    log(LogEvent.WEBHOOK_ENDPOINT_CHANGED, endpoint_id=endpoint_id)
    return Response(204)
