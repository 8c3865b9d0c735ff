"""What an order of a session used up comes back in DynamoDB, with the event that opens the session again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from orderflow.checkout.events import Event
from orderflow.checkout.following import Returns
from orderflow.checkout.session import Session
from orderflow.runtime.idempotency.keys import KeyWrite

Elements = Sequence[Mapping[str, Any]]  # of TransactItems


class Ledgers(Protocol):
    """Where events are added together with other writes."""

    def append_with(self, event: Event, state: Session, kept: KeyWrite | None, others: Elements) -> None:
        """Add an event, its answer and other writes, all or none; raises SessionChangedError and KeyTakenError."""
        ...


class CountedCodes(Protocol):
    """Discount codes whose uses are counted."""

    def given_back(self, codes: Iterable[str], client_id: str) -> Elements:
        """Return what takes one use of each back."""
        ...


class ReturnStore(Returns):
    """Gives back (IAM: that of the session store, dynamodb:UpdateItem on codes)."""

    def __init__(self, sessions: Ledgers, codes: CountedCodes) -> None:
        self._sessions, self._codes = sessions, codes

    def give_back(self, event: Event, state: Session, kept: KeyWrite | None, codes: tuple[str, ...]) -> None:
        self._sessions.append_with(event, state, kept, self._codes.given_back(codes, state.client_id))
