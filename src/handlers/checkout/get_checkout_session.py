"""GET /checkout_sessions/{checkoutSessionId}: the session as it is now, one read whatever its history."""

from handlers.agents import protocol_handler, usage
from handlers.agents.operations.reading import read
from orderflow.clients.admission import admitted
from orderflow.clients.client_key import Scope
from orderflow.runtime.api import Request, Response
from orderflow.runtime.clock import utc_now


@protocol_handler
def handler(request: Request) -> Response:
    machine = admitted(request.client, Scope.CHECKOUT_READ, usage=usage(), clock=utc_now)
    return Response(*read(request, machine))
