"""Forgetting a person: everything that tells of them, in every context that keeps some of it (decision 0026)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from orderflow.customers.erasing import People, Person, require_gone
from orderflow.feedback.erasing import erase_giver, of_giver
from orderflow.feedback.recording import FeedbackStore
from orderflow.orders.erasing import TracesBook, erase_orders
from orderflow.runtime.trail import Author


@dataclass(frozen=True)
class Remains:
    """What still tells of a person; `orders_needed` are on their way and need their address until they are there."""

    profile: bool
    account: bool
    pictures: int
    orders: tuple[str, ...]
    orders_needed: tuple[str, ...]
    feedback: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        return not any(asdict(self).values())

    def as_json(self) -> dict[str, Any]:
        """Return it in the words of the journal: numbers and ids, nothing personal."""
        return {
            "profile": self.profile,
            "account": self.account,
            "pictures": self.pictures,
            "orders": list(self.orders),
            "ordersNeeded": list(self.orders_needed),
            "feedback": list(self.feedback),
        }


@dataclass(frozen=True)
class Eraser:
    """Looks for what tells of a person, and takes it out."""

    people: People
    orders: TracesBook
    feedback: FeedbackStore
    clock: Callable[[], datetime]

    def look(self, user_id: str) -> Remains:
        """Return what still tells of a person; changes nothing."""
        return self._remains(user_id, self.people.look(user_id))

    def require_erasable(self, user_id: str) -> None:
        """Raise UserNotDeletedError, UserSignedInError for who is not to be forgotten yet."""
        require_gone(self.people.look(user_id), self.clock())

    def erase(self, user_id: str, author: Author) -> Remains:
        """Take out whatever nothing needs any more, and return what is left; a repeat finishes what broke off.

        Raises UserNotDeletedError, UserSignedInError, FeedbackBusyError.
        """
        self.require_erasable(user_id)
        for feedback_id in self.look(user_id).feedback:
            erase_giver(feedback_id, store=self.feedback, clock=self.clock)
        erase_orders(user_id, book=self.orders, clock=self.clock, author=author)
        self.people.erase(user_id, clock=self.clock, author=author)
        return self.look(user_id)

    def _remains(self, user_id: str, person: Person) -> Remains:
        orders = list(self.orders.of_customer(user_id))
        telling = [each for each in orders if each.without]
        return Remains(
            profile=person.profile is not None,
            account=person.account is not None,
            pictures=person.pictures,
            orders=tuple(each.order_id for each in telling if not each.is_needed),
            orders_needed=tuple(each.order_id for each in telling if each.is_needed),
            feedback=tuple(of_giver((each.order_id for each in orders), self.feedback)),
        )
