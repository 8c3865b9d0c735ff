"""Every five minutes: what nobody completed in time gets its last event."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from orderflow.checkout.expiring import Expirer
from orderflow.checkout.session_store import DynamoSessionStore
from orderflow.checkout.sessions import Ledger
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.schedule import scheduled_handler

# Whoever dies within a look is found by the next run.
_LONGEST_LOOK_MS = 15_000


@scheduled_handler
def handler(_event: Mapping[str, Any], remaining_ms: Callable[[], int]) -> dict[str, Any]:
    """Return how many looks came to what."""
    store = DynamoSessionStore(client("dynamodb"), settings.text("CHECKOUT_SESSIONS_TABLE"), idempotency="none")
    run = new_ulid()
    expirer = Expirer(Ledger(store, utc_now, new_ulid, by="expire_checkout_sessions", request_id=run), store)
    totals: Counter[str] = Counter()
    for session_id in expirer.over():
        if remaining_ms() < _LONGEST_LOOK_MS:
            break  # what is left is the first of the next run
        totals[expirer.expire(session_id).value] += 1
    log(LogEvent.SESSIONS_EXPIRED, found=dict(totals))
    return dict(totals)
