"""What orders tell of their customer, taken out once nothing needs it any more; the books keep the rest."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from orderflow.orders.status import TERMINAL, OrderStatus
from orderflow.runtime.trail import Author

# Of these the goods are where they belong, or never left: nobody has to know any more where that is.
_FINISHED = TERMINAL | {OrderStatus.DELIVERED}


@dataclass(frozen=True)
class Traces:
    """What one order still tells of its customer: each such attribute in `without`, as it is once that is out.

    `has_work` while the order's workflow, a cancellation or a movement is not done with it.
    """

    order_id: str
    user_id: str
    status: OrderStatus
    version: int
    has_work: bool
    without: Mapping[str, Any] = field(repr=False)

    @property
    def is_needed(self) -> bool:
        """Tell whether the order is still on its way to its customer, or back."""
        return self.has_work or self.status not in _FINISHED


class TracesBook(Protocol):
    """Orders, as far as they tell of somebody."""

    def of_customer(self, user_id: str) -> Iterator[Traces]:
        """Return every order of a customer, also those that tell nothing any more."""
        ...

    def of_order(self, order_id: str) -> Traces | None:
        """Return what one order tells, None where there is none."""
        ...

    def erase(self, traces: Traces, at: datetime, author: Author) -> bool:
        """Write `without`, together with its entry in the audit trail; False when the order has moved since."""
        ...


def erase_orders(user_id: str, *, book: TracesBook, clock: Callable[[], datetime], author: Author) -> None:
    """Take out what the customer's finished orders tell of them. One that moves meanwhile is left as it is: look again.

    What stays is what the books need: what was bought when, for how much, into which country, and how it was paid.
    """
    for traces in book.of_customer(user_id):
        erase_order(traces, book=book, clock=clock, author=author)


def erase_order(traces: Traces, *, book: TracesBook, clock: Callable[[], datetime], author: Author) -> None:
    """Take out what one order tells, unless it is on its way or tells nothing."""
    if traces.without and not traces.is_needed:
        book.erase(traces, clock(), author)
