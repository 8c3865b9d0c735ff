"""An agent begins a session, priced by the shop."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from handlers.agent_offering import offering
from handlers.agents import answered, sent, sessions, speaking
from orderflow.checkout.creating import create_session
from orderflow.checkout.dialects import create_request
from orderflow.runtime import settings
from orderflow.runtime.api import Request
from orderflow.runtime.caller import Client
from orderflow.runtime.ids import new_ulid


def created(request: Request, machine: Client) -> tuple[int, Any, Mapping[str, str]]:
    """Return status, body and headers of the session that the request begins."""
    spoken = speaking(request)
    asked = create_request.read(spoken, sent(request))
    return answered(
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
