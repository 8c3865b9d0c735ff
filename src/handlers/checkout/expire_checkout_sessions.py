"""Every five minutes: what nobody completed in time gets its last event, what missed its order's end hears of it."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from orderflow.checkout.errors import SessionsLeftError
from orderflow.checkout.expiring import Expirer, Outcome
from orderflow.checkout.following import Follower
from orderflow.checkout.pricing.discount_store import DynamoDiscounts
from orderflow.checkout.return_store import ReturnStore
from orderflow.checkout.session_store import DynamoSessionStore
from orderflow.checkout.sessions import Ledger
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.observability import LogEvent, log, logger
from orderflow.runtime.schedule import scheduled_handler

# Whoever dies within a look is found by the next run.
_LONGEST_LOOK_MS = 15_000


@scheduled_handler
def handler(_event: Mapping[str, Any], remaining_ms: Callable[[], int]) -> dict[str, Any]:
    """Return how many looks came to what; raises SessionsLeftError after all when one failed."""
    expirer = _expirer()
    totals: Counter[str] = Counter()
    broken = 0
    for session_id in expirer.over():
        if remaining_ms() < _LONGEST_LOOK_MS:
            break  # what is left is the first of the next run
        logger.append_keys(session_id=session_id)
        try:
            outcome = expirer.look_at(session_id)
        except Exception as error:  # noqa: BLE001 - one session must not keep the others from ending
            broken += 1
            log(LogEvent.SESSION_NOT_LOOKED_AT, exc_info=True, error=type(error).__name__)
            continue
        totals[outcome.value] += 1
        if outcome is Outcome.FOLLOWED:
            log(LogEvent.SESSION_WAS_BEHIND)
    logger.remove_keys(["session_id"])
    log(LogEvent.SESSIONS_EXPIRED, found=dict(totals), failed=broken)
    if broken:
        raise SessionsLeftError(broken)
    return dict(totals)


def _expirer() -> Expirer:
    dynamodb = client("dynamodb")
    store = DynamoSessionStore(dynamodb, settings.text("CHECKOUT_SESSIONS_TABLE"), idempotency="none")
    ledger = Ledger(store, utc_now, new_ulid, by="expire_checkout_sessions", request_id=new_ulid())
    codes = DynamoDiscounts(dynamodb, settings.text("DISCOUNTS_TABLE"))
    orders = DynamoOrderStore(dynamodb, settings.text("ORDERS_TABLE"))
    follower = Follower(ledger, ReturnStore(store, codes), orders.find, settings.text("SHOP_URL"))
    return Expirer(ledger, store, follower)
