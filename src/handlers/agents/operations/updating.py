"""An agent changes its session, and is told what it costs now."""

from collections.abc import Mapping
from typing import Any

from handlers.agent_offering import offering
from handlers.agents import answered, sent, sessions, speaking
from orderflow.checkout.dialects import update_request
from orderflow.checkout.updating import update_session
from orderflow.runtime.api import Request
from orderflow.runtime.caller import Client


def updated(request: Request, machine: Client) -> tuple[int, Any, Mapping[str, str]]:
    """Return status, body and headers of the session as the request leaves it."""
    spoken = speaking(request)
    asked = update_request.read(spoken, sent(request))
    return answered(
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
