"""A session follows its order: whoever sees first what became of it writes the event, and everybody else finds it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from orderflow.checkout.errors import SessionBusyError
from orderflow.checkout.events import Event
from orderflow.checkout.progress import next_event
from orderflow.checkout.session import Session
from orderflow.checkout.sessions import Keep, Ledger, SessionChangedError
from orderflow.orders.order import Order
from orderflow.runtime.idempotency.keys import KeyWrite

_TRIES = 4


class Returns(Protocol):
    """Where what an order used up comes back."""

    def give_back(self, event: Event, state: Session, kept: KeyWrite | None, codes: tuple[str, ...]) -> None:
        """Write the event that says that no order came of it, and take a use of each code back.

        Raises SessionChangedError and KeyTakenError.
        """
        ...


@dataclass(frozen=True)
class Follower:
    """Writes what became of orders to their sessions; `ledger` may find anybody's session."""

    ledger: Ledger
    returns: Returns
    orders: Callable[[str], Order | None]
    shop_url: str

    def follow_order(self, order_id: str) -> bool:
        """Let an order's session follow it, and tell whether an event was written; raises SessionBusyError."""
        order = self.orders(order_id)
        if order is None or order.checkout_session_id is None:
            return False
        _, written = self.follow(order.checkout_session_id, order_id, lambda _: None)
        return written

    def follow(self, session_id: str, order_id: str, keep: Keep) -> tuple[Session | None, bool]:
        """Return the session, and whether an event was written here.

        The order is read after the session: who writes the next version has seen the order no earlier than whoever
        wrote the one before, so a session never goes back. Raises SessionBusyError, KeyTakenError.
        """
        for _ in range(_TRIES):
            session = self.ledger.store.find(session_id)
            order = self.orders(order_id) if session and session.order_id == order_id else None
            happened = next_event(session, order, self.shop_url) if session and order else None
            if session is None or happened is None:
                return session, False
            event, state = self.ledger.next(session, *happened)
            try:
                if event.change.notice is not None and session.offer.codes_used:
                    self.returns.give_back(event, state, keep(state), session.offer.codes_used)
                else:
                    self.ledger.store.append(event, state, keep(state))
            except SessionChangedError:
                continue
            return state, True
        raise SessionBusyError(session_id)
