"""What the provider tells us by itself: recorded with the payment, and acted on where our record says otherwise."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.payments.provider import Charge

# Where our record is that the attempt came to nothing, or that it shall: whatever is held or taken is a leftover.
_NOTHING_OWED = frozenset({
    PaymentStatus.DECLINED,
    PaymentStatus.FAILED,
    PaymentStatus.VOIDED,
    PaymentStatus.VOIDING,
})  # fmt: skip


class EventKind(StrEnum):
    """What an event means to us."""

    MONEY_HELD = "MONEY_HELD"  # the provider holds or took the amount
    FOREIGN_MOVE = "FOREIGN_MOVE"  # money moved, or is about to, without Orderflow: a person has to look
    NOTED = "NOTED"  # worth a line in the payment's history
    OTHER = "OTHER"


class Reaction(StrEnum):
    """What was done about an event."""

    RECORDED = "RECORDED"
    LEFTOVER_RETURNED = "LEFTOVER_RETURNED"
    NEEDS_A_PERSON = "NEEDS_A_PERSON"
    NOT_OURS = "NOT_OURS"
    IGNORED = "IGNORED"


@dataclass(frozen=True)
class ProviderEvent:
    """One event; `reference` is the provider's of the charge it is about, `at` when it happened there."""

    event_id: str
    type: str
    kind: EventKind
    reference: str | None
    at: datetime


@dataclass(frozen=True)
class Receipt:
    """What became of an event; not `first` when it had been recorded before."""

    reaction: Reaction
    payment_id: str | None = None
    first: bool = True


class EventSource(Protocol):
    """The provider behind the events. Both calls raise PaymentProviderUnavailableError or PaymentTimeoutError."""

    def charge_of(self, reference: str) -> Charge | None:
        """Return the charge that the provider knows by this reference, None when it is none of ours."""
        ...

    def void(self, charge: Charge, *, reference: str | None) -> None:
        """See to it that nothing stays held or charged."""
        ...


class EventStore(Protocol):
    """Payments on record, and what their provider told about them."""

    def find(self, payment_id: str) -> Payment | None:
        """Return the payment as of now."""
        ...

    def record(self, payment_id: str, event: ProviderEvent, reaction: Reaction, at: datetime) -> bool:
        """Append the event to the payment's history, once per event id; returns whether it was new."""
        ...


def receive_event(event: ProviderEvent, *, store: EventStore, provider: EventSource, now: datetime) -> Receipt:
    """Act on an event, then record it; received twice, it is acted on twice and changes nothing more.

    Acting first: an event recorded by a function that then died would be taken for done. An event tells what was, not
    what is, and they come in any order: what to do is decided by our record and by what the provider says now.
    """
    if event.kind is EventKind.OTHER:
        return Receipt(Reaction.IGNORED)
    charge = provider.charge_of(event.reference) if event.reference else None
    payment = store.find(charge.idempotency_key) if charge else None
    if charge is None or payment is None:
        return Receipt(Reaction.NOT_OURS)
    reaction = Reaction.RECORDED
    if event.kind is EventKind.FOREIGN_MOVE:
        reaction = Reaction.NEEDS_A_PERSON
    elif event.kind is EventKind.MONEY_HELD and payment.status in _NOTHING_OWED:
        provider.void(charge, reference=event.reference)
        reaction = Reaction.LEFTOVER_RETURNED
    return Receipt(reaction, payment.payment_id, store.record(payment.payment_id, event, reaction, now))
