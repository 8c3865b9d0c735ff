"""PUT /webhook_endpoints/{endpointId}: an administrator changes where events go, or whether any go."""

from orderflow.checkout.webhooks.answers import as_json
from orderflow.checkout.webhooks.endpoint import EndpointStatus
from orderflow.checkout.webhooks.endpoint_store import DynamoEndpointBook
from orderflow.checkout.webhooks.managing import update_endpoint
from orderflow.contract import update_webhook_endpoint_request
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), request.caller.user_id, request.request_id)
    body = update_webhook_endpoint_request.validate(request.json())
    endpoint = update_endpoint(
        request.caller,
        request.path("endpointId"),
        body["url"],
        EndpointStatus(body["status"]),
        body.get("description"),
        api_version=body.get("apiVersion"),
        loopback_allowed=settings.flag("WEBHOOK_LOOPBACK_ALLOWED"),
        endpoints=DynamoEndpointBook(client("dynamodb"), settings.text("WEBHOOK_ENDPOINTS_TABLE"), author),
        clock=utc_now,
    )
    log(LogEvent.WEBHOOK_ENDPOINT_CHANGED, endpoint_id=endpoint.endpoint_id)
    return Response(200, as_json(endpoint, utc_now()))
