"""An agent gives its session up."""

from collections.abc import Mapping
from typing import Any

from handlers.agents import answered, sent, sessions, speaking
from orderflow.checkout.cancelling import cancel_session
from orderflow.checkout.dialects import cancel_request
from orderflow.runtime.api import Request
from orderflow.runtime.caller import Client


def cancelled(request: Request, machine: Client) -> tuple[int, Any, Mapping[str, str]]:
    """Return status, body and headers of the session that is over."""
    spoken = speaking(request)
    asked = cancel_request.read(sent(request))
    return answered(
        request,
        machine,
        spoken,
        asked.notes,
        lambda keep: cancel_session(
            request.path("checkoutSessionId"), asked.body, ledger=sessions(request, machine), keep=keep
        ),
    )
