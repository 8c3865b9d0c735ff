"""GET /.well-known/acp.json: what this shop's checkout speaks and can do, for anybody."""

from orderflow.checkout.discovery import addressed, discovery_json
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler


@api_handler
def handler(request: Request) -> Response:
    context = request.event["requestContext"]
    url = addressed(settings.text("API_URL"), api_id=context["apiId"], stage=context["stage"])
    return Response(200, discovery_json(url, settings.text("CURRENCY")))
