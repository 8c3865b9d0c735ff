"""POST /webhook_endpoints: an administrator says where a client's order events go."""

from orderflow.checkout.dialects.version import CURRENT
from orderflow.checkout.webhooks.answers import as_json
from orderflow.checkout.webhooks.endpoint import new_secret
from orderflow.checkout.webhooks.endpoint_store import DynamoEndpointBook
from orderflow.checkout.webhooks.managing import create_endpoint
from orderflow.checkout.webhooks.sealing import KmsSealer
from orderflow.clients.key_finder import DynamoKeys
from orderflow.contract import create_webhook_endpoint_request
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    author = Author(settings.text("AUDIT_TRAIL_TABLE"), request.caller.user_id, request.request_id)
    body = create_webhook_endpoint_request.validate(request.json())
    endpoint, secret = create_endpoint(
        request.caller,
        body["clientId"],
        body["url"],
        body.get("description"),
        api_version=body.get("apiVersion", CURRENT),
        loopback_allowed=settings.flag("WEBHOOK_LOOPBACK_ALLOWED"),
        endpoints=DynamoEndpointBook(client("dynamodb"), settings.text("WEBHOOK_ENDPOINTS_TABLE"), author),
        clients=DynamoKeys(client("dynamodb"), settings.text("CLIENT_KEYS_TABLE")),
        clock=utc_now,
        ids=new_ulid,
        new_secret=new_secret,
        seal=KmsSealer(client("kms"), settings.text("KMS_KEY_ARN")).seal,
    )
    log(LogEvent.WEBHOOK_ENDPOINT_CHANGED, endpoint_id=endpoint.endpoint_id)
    return Response(201, {**as_json(endpoint, utc_now()), "secret": secret})
