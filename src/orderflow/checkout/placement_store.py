"""Orders of sessions begin in DynamoDB, by one transaction.

It has at most 25 elements: key, event, order, trail, token, and two for each of ten codes. It may
have 100: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from orderflow.checkout.completing import Placements
from orderflow.checkout.events import Event
from orderflow.checkout.placing import Placement
from orderflow.checkout.pricing.discounts import Discount
from orderflow.checkout.return_store import Elements, Ledgers
from orderflow.checkout.session import Session
from orderflow.orders.intake import NewOrder
from orderflow.runtime.idempotency.keys import KeyWrite


class Codes(Protocol):
    """Discount codes whose uses are counted."""

    def of(self, codes: Iterable[str], client_id: str) -> Mapping[str, Discount]:
        """Return those that exist."""
        ...

    def used(self, discounts: Iterable[Discount], client_id: str, now: datetime) -> Elements:
        """Return what counts one use of each."""
        ...


class Orders(Protocol):
    """Where orders begin."""

    def elements(self, new: NewOrder) -> Elements:
        """Return the order and its entry in the trail."""
        ...


class UsedTokens(Protocol):
    """Where delegated tokens are marked as used."""

    def used(self, token_id: str, order_id: str) -> Mapping[str, Any]:
        """Return what makes the token pay this order and no other."""
        ...


class PlacementStore(Placements):
    """Places orders.

    IAM: that of the session store; dynamodb:PutItem on orders and trail, dynamodb:UpdateItem on tokens and codes,
    dynamodb:BatchGetItem on codes.
    """

    def __init__(self, sessions: Ledgers, codes: Codes, *, orders: Orders, tokens: UsedTokens) -> None:
        self._sessions, self._codes = sessions, codes
        self._orders, self._tokens = orders, tokens

    def place(self, event: Event, state: Session, kept: KeyWrite | None, placement: Placement) -> None:
        client_id, now = state.client_id, datetime.fromisoformat(event.at)
        counted = self._codes.of(placement.codes, client_id).values() if placement.codes else ()
        self._sessions.append_with(
            event,
            state,
            kept,
            [
                *self._orders.elements(placement.new),
                self._tokens.used(placement.token_id, placement.new.order.order_id),
                *self._codes.used(counted, client_id, now),
            ],
        )
