"""An agent looks at its session: one read whatever its history."""

from collections.abc import Mapping
from typing import Any

from handlers.agents import shown, speaking
from orderflow.checkout.session_store import DynamoSessionReader
from orderflow.checkout.sessions import own_session
from orderflow.runtime import settings
from orderflow.runtime.api import Request
from orderflow.runtime.aws import client
from orderflow.runtime.caller import Client


def read(request: Request, machine: Client) -> tuple[int, Any, Mapping[str, str]]:
    """Return status, body and headers of the session as it is now."""
    spoken = speaking(request)
    sessions = DynamoSessionReader(client("dynamodb"), settings.text("CHECKOUT_SESSIONS_TABLE"))
    return 200, shown(own_session(request.path("checkoutSessionId"), machine.key_id, sessions), spoken), {}
