"""POST /checkout_sessions/{checkoutSessionId}/complete: an agent pays, and one order is made of its session."""

from handlers.agents import protocol_handler, usage
from handlers.agents.operations.completing import completed
from orderflow.clients.admission import admitted
from orderflow.clients.client_key import Scope
from orderflow.runtime.api import Request, Response
from orderflow.runtime.clock import utc_now


@protocol_handler
def handler(request: Request) -> Response:
    machine = admitted(request.client, Scope.CHECKOUT_WRITE, usage=usage(), clock=utc_now)
    return Response(*completed(request, machine))
