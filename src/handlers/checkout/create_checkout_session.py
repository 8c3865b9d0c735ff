"""POST /checkout_sessions: an agent begins a session, priced by the shop."""

from handlers.agents import protocol_handler, usage
from handlers.agents.operations.creating import created
from orderflow.clients.admission import admitted
from orderflow.clients.client_key import Scope
from orderflow.runtime.api import Request, Response
from orderflow.runtime.clock import utc_now


@protocol_handler
def handler(request: Request) -> Response:
    machine = admitted(request.client, Scope.CHECKOUT_WRITE, usage=usage(), clock=utc_now)
    return Response(*created(request, machine))
