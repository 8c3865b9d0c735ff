"""POST /checkout_sessions: an agent begins a session, priced by the shop."""

from datetime import timedelta

from handlers.agent_offering import offering
from handlers.agents import answered, protocol_handler, sent, sessions, speaking, usage
from orderflow.checkout.creating import create_session
from orderflow.checkout.dialects import create_request
from orderflow.clients.admission import admitted
from orderflow.clients.client_key import Scope
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response
from orderflow.runtime.clock import utc_now
from orderflow.runtime.ids import new_ulid


@protocol_handler
def handler(request: Request) -> Response:
    machine = admitted(request.client, Scope.CHECKOUT_WRITE, usage=usage(), clock=utc_now)
    spoken = speaking(request)
    asked = create_request.read(spoken, sent(request))
    return Response(
        *answered(
            request,
            machine,
            spoken,
            asked.notes,
            lambda keep: create_session(
                asked.body,
                ledger=sessions(request, machine),
                offering=offering(machine),
                currency=settings.text("CURRENCY"),
                lifetime=timedelta(seconds=int(settings.text("CHECKOUT_SESSION_SECONDS"))),
                keep=keep,
                session_ids=new_ulid,
            ),
            status=201,
        )
    )
