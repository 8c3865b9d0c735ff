"""An order is held until a person has looked at it: its stock stays reserved, nothing is charged yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from orderflow.orders.errors import OrderChangedElsewhereError
from orderflow.runtime.clock import iso


@dataclass(frozen=True)
class ReviewRequest:
    """An order to be looked at, by whom it waits, and how long; `total` in minor units of `currency`.

    `token` makes the waiting execution go on: it is stored, and told nobody.
    """

    order_id: str
    user_id: str
    total: int
    currency: str
    correlation_id: str
    execution: str
    token: str
    time_to_decide: timedelta


class HoldStore(Protocol):
    """Where orders are held."""

    def hold(self, request: ReviewRequest, at: datetime, deadline: str) -> bool:
        """Move an order that this execution processes, and nobody decided about, to REVIEW; False when it is not."""
        ...

    def renew(self, request: ReviewRequest) -> str | None:
        """Replace the token of an order that this execution held before; return its deadline, None when it did not."""
        ...


class ReviewNotices(Protocol):
    """The way to whoever reviews orders."""

    def ask(self, request: ReviewRequest, at: datetime, deadline: str) -> None:
        """Tell that the order waits; raises ReviewNoticeUnavailableError."""
        ...


def request_review(
    request: ReviewRequest, *, store: HoldStore, notices: ReviewNotices, clock: Callable[[], datetime]
) -> str:
    """Hold the order, once, ask for a review, and return until when (ISO 8601); repeating replaces the token only.

    Raises OrderChangedElsewhereError where the order is not this execution's any more, and
    ReviewNoticeUnavailableError. The wait that begins here ends well, or with ReviewRejectedError or
    ReviewExpiredError.
    """
    now = clock()
    deadline = iso(now + request.time_to_decide)
    if not store.hold(request, now, deadline):
        # Held by an attempt whose answer was lost, and perhaps decided about already: the sweeper tells the new token.
        held_until = store.renew(request)
        if held_until is None:
            raise OrderChangedElsewhereError(request.order_id)
        deadline = held_until
    notices.ask(request, now, deadline)
    return deadline
