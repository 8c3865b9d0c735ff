"""POST /checkout_sessions/{checkoutSessionId}/cancel: an agent gives its session up."""

from handlers.agents import answered, protocol_handler, sent, sessions, speaking, usage
from orderflow.checkout.cancelling import cancel_session
from orderflow.checkout.dialects import cancel_request
from orderflow.clients.admission import admitted
from orderflow.clients.client_key import Scope
from orderflow.runtime.api import Request, Response
from orderflow.runtime.clock import utc_now


@protocol_handler
def handler(request: Request) -> Response:
    machine = admitted(request.client, Scope.CHECKOUT_WRITE, usage=usage(), clock=utc_now)
    spoken = speaking(request)
    asked = cancel_request.read(sent(request))
    return Response(
        *answered(
            request,
            machine,
            spoken,
            asked.notes,
            lambda keep: cancel_session(
                request.path("checkoutSessionId"), asked.body, ledger=sessions(request, machine), keep=keep
            ),
        )
    )
