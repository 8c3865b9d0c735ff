"""A workflow that waits for a person: kept waiting, or told what became of its order.

Whoever moves an order on writes that first and tells the workflow afterwards. Dying in between loses nothing: the
sweeper tells it again, and a wait that nobody keeps up ends by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from orderflow.orders.errors import OrderChangedElsewhereError, ReviewExpiredError, ReviewRejectedError
from orderflow.orders.status import OrderStatus
from orderflow.runtime.errors import OrderflowError


class Verdict(StrEnum):
    """What a review came to; the workflow writes EXPIRED, a person the others."""

    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True)
class Wait:
    """A workflow that waits, or waited, by `token`; whoever has the token can make it go on. `deadline` is ISO 8601."""

    order_id: str
    status: OrderStatus
    token: str
    deadline: str
    verdict: Verdict | None = None


class WaitStore(Protocol):
    """Where tokens are kept."""

    def wait(self, order_id: str) -> Wait | None:
        """Return who waits for the order's review, None when nobody does or everything was told."""
        ...

    def forget(self, wait: Wait) -> None:
        """Forget the token, unless another one took its place."""
        ...


class Waits(Protocol):
    """Workflows that wait. Telling one that waits no more does nothing; all raise WorkflowUnavailableError."""

    def keep(self, token: str) -> None:
        """Tell that the order is looked after."""
        ...

    def go_on(self, token: str) -> None:
        """Tell that the order was approved."""
        ...

    def give_up(self, token: str, why: OrderflowError) -> None:
        """Tell that the order was not approved: the class of `why` is the error that the workflow catches."""
        ...


def tend_wait(order_id: str, *, store: WaitStore, waits: Waits, clock: Callable[[], datetime]) -> None:
    """Keep the order's workflow waiting while a person may decide, else tell it what became of the order.

    Raises WorkflowUnavailableError: nothing is lost, repeat.
    """
    wait = store.wait(order_id)
    if wait is None:
        return
    if wait.status is OrderStatus.REVIEW and clock() < datetime.fromisoformat(wait.deadline):
        waits.keep(wait.token)
        return
    if wait.verdict is Verdict.APPROVED and wait.status is OrderStatus.PROCESSING:
        waits.go_on(wait.token)
    else:
        waits.give_up(wait.token, _refusal(wait))
    store.forget(wait)


def _refusal(wait: Wait) -> OrderflowError:
    if wait.status is OrderStatus.REVIEW or wait.verdict is Verdict.EXPIRED:
        return ReviewExpiredError(wait.order_id)
    if wait.verdict is Verdict.REJECTED:
        return ReviewRejectedError(wait.order_id)
    return OrderChangedElsewhereError(wait.order_id)
