"""GET /checkout_sessions/{checkoutSessionId}: the session as it is now, one read whatever its history."""

from handlers.agents import protocol_handler, shown, speaking, usage
from orderflow.checkout.session_store import DynamoSessionReader
from orderflow.checkout.sessions import own_session
from orderflow.clients.admission import admitted
from orderflow.clients.client_key import Scope
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now


@protocol_handler
def handler(request: Request) -> Response:
    machine = admitted(request.client, Scope.CHECKOUT_READ, usage=usage(), clock=utc_now)
    spoken = speaking(request)
    sessions = DynamoSessionReader(client("dynamodb"), settings.text("CHECKOUT_SESSIONS_TABLE"))
    session = own_session(request.path("checkoutSessionId"), machine.key_id, sessions)
    return Response(200, shown(session, spoken))
