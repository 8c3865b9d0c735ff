"""Every minute: feedback given before its order was paid for, or cancelled afterwards, counts as its order stands."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from orderflow.catalog.rating_store import DynamoRatings
from orderflow.feedback.errors import FeedbackUnsettledError
from orderflow.feedback.feedback_store import DynamoFeedbackStore
from orderflow.feedback.settling import Outcome, Settler
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log, logger
from orderflow.runtime.schedule import scheduled_handler

# Whoever dies within a look is settled by the next run.
_LONGEST_LOOK_MS = 15_000


@scheduled_handler
def handler(_event: Mapping[str, Any], remaining_ms: Callable[[], int]) -> dict[str, Any]:
    """Return how many looks came to what; raises FeedbackUnsettledError after all when one failed."""
    settler = _settler()
    totals: Counter[str] = Counter()
    broken = 0
    for feedback_id in settler.due():
        if remaining_ms() < _LONGEST_LOOK_MS:
            break  # what is left is the first of the next run
        logger.append_keys(feedback_id=feedback_id)
        try:
            outcome = settler.settle(feedback_id)
        except Exception as error:  # noqa: BLE001 - one must not keep the others from following their orders
            broken += 1
            log(LogEvent.FEEDBACK_NOT_SETTLED, exc_info=True, error=type(error).__name__)
            continue
        totals[outcome.value] += 1
        if outcome is not Outcome.AS_IT_WAS:
            log(LogEvent.FEEDBACK_SETTLED, outcome=outcome.value)
    logger.remove_keys(["feedback_id"])
    log(LogEvent.FEEDBACK_LOOKED_AT, found=dict(totals), failed=broken)
    if broken:
        raise FeedbackUnsettledError(broken)
    return dict(totals)


def _settler() -> Settler:
    dynamodb = client("dynamodb")
    store = DynamoFeedbackStore(
        dynamodb,
        settings.text("FEEDBACK_TABLE"),
        ratings=DynamoRatings(settings.text("PRODUCTS_TABLE")).changes,
    )
    return Settler(store, DynamoOrderStore(dynamodb, settings.text("ORDERS_TABLE")), utc_now)
