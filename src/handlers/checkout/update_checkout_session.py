"""POST /checkout_sessions/{checkoutSessionId}: an agent changes its session, and is told what it costs now."""

from handlers.agents import protocol_handler, usage
from handlers.agents.operations.updating import updated
from orderflow.clients.admission import admitted
from orderflow.clients.client_key import Scope
from orderflow.runtime.api import Request, Response
from orderflow.runtime.clock import utc_now


@protocol_handler
def handler(request: Request) -> Response:
    machine = admitted(request.client, Scope.CHECKOUT_WRITE, usage=usage(), clock=utc_now)
    return Response(*updated(request, machine))
