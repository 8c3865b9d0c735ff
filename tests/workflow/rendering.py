"""A state machine file made ready for a test engine."""

import json
import re
from typing import Any

from tests.support.step_functions import ACCOUNT, REGION

# An engine on a busy machine takes longer than any service: timeouts come from the mocks, which throw them.
_SLOWER_AT_MOST = 30
# The order of the cases costs 39.98; those about reviews say that it costs exactly the threshold.
NUMBERS = {"review_threshold": 100_000, "review_deadline_seconds": 86_400, "review_heartbeat_seconds": 21_600}


def rendered(definition: str) -> dict[str, Any]:
    """Fill the placeholders and repeat at a steady pace: rules check the real backoff, the engine would sleep it."""
    machine: dict[str, Any] = json.loads(re.sub(r"\$\{(\w+)\}", lambda name: supplied(name[1]), definition))
    for bounded in (machine, *machine["States"].values()):
        if "TimeoutSeconds" in bounded:
            bounded["TimeoutSeconds"] *= _SLOWER_AT_MOST
    for state in machine["States"].values():
        for retrier in state.get("Retry", []):
            retrier["BackoffRate"] = 1
    return machine


def supplied(name: str) -> str:
    """Return what the tests fill a placeholder with: a name, an ARN or a number where one is needed."""
    if name in NUMBERS:
        return str(NUMBERS[name])
    return f"arn:aws:test:{REGION}:{ACCOUNT}:{name}" if name.endswith("_arn") else name
