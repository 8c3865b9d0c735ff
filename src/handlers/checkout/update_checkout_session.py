"""POST /checkout_sessions/{checkoutSessionId}: an agent changes its session, and is told what it costs now."""

from handlers.agent_offering import offering
from handlers.agents import answered, protocol_handler, sent, sessions, speaking, usage
from orderflow.checkout.dialects import update_request
from orderflow.checkout.updating import update_session
from orderflow.clients.admission import admitted
from orderflow.clients.client_key import Scope
from orderflow.runtime.api import Request, Response
from orderflow.runtime.clock import utc_now


@protocol_handler
def handler(request: Request) -> Response:
    machine = admitted(request.client, Scope.CHECKOUT_WRITE, usage=usage(), clock=utc_now)
    spoken = speaking(request)
    asked = update_request.read(spoken, sent(request))
    return Response(
        *answered(
            request,
            machine,
            spoken,
            asked.notes,
            lambda keep: update_session(
                request.path("checkoutSessionId"),
                asked.body,
                ledger=sessions(request, machine),
                offering=offering(machine),
                keep=keep,
            ),
        )
    )
