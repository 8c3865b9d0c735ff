"""POST /webhook_endpoints/{endpointId}/rotate: another secret signs, and the one before it as well for a while."""

from datetime import timedelta

from orderflow.checkout.webhooks.answers import as_json
from orderflow.checkout.webhooks.endpoint import new_secret
from orderflow.checkout.webhooks.endpoint_store import DynamoEndpointBook
from orderflow.checkout.webhooks.managing import rotate_secret
from orderflow.checkout.webhooks.sealing import KmsSealer
from orderflow.contract import rotate_webhook_secret_request
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), request.caller.user_id, request.request_id)
    body = rotate_webhook_secret_request.validate(request.json())
    endpoint, secret = rotate_secret(
        request.caller,
        request.path("endpointId"),
        timedelta(seconds=body["overlapSeconds"]),
        endpoints=DynamoEndpointBook(client("dynamodb"), settings.text("WEBHOOK_ENDPOINTS_TABLE"), author),
        clock=utc_now,
        new_secret=new_secret,
        seal=KmsSealer(client("kms"), settings.text("KMS_KEY_ARN")).seal,
    )
    log(LogEvent.WEBHOOK_ENDPOINT_CHANGED, endpoint_id=endpoint.endpoint_id)
    return Response(200, {**as_json(endpoint, utc_now()), "secret": secret})
