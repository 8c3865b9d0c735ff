"""Payments as audits and operators read them: all of them page by page, or one with its history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from orderflow.payments.payment import Payment, PaymentStatus, payment_id_of
from orderflow.runtime.audit import Page


@dataclass(frozen=True)
class PaymentMove:
    """One line of a payment's history; `at` is ISO 8601 in UTC, `detail` the provider's reference or reason."""

    status: PaymentStatus
    at: str
    detail: str | None = None


@dataclass(frozen=True)
class PaymentRecord:
    """A payment with everything that happened to it, oldest first."""

    payment: Payment
    history: tuple[PaymentMove, ...]


class PaymentAudit(Protocol):
    """The payments on record."""

    def pages(self) -> Iterator[Page[Payment]]:
        """Return every payment, at most 100 at a time."""
        ...

    def payments_of(self, order_ids: Sequence[str]) -> dict[str, Payment]:
        """Return the last attempts of at most 100 orders, by order; rows that cannot be read are left out."""
        ...

    def record(self, payment_id: str) -> PaymentRecord | None:
        """Return one payment with its history."""
        ...


def payment_of(order_id: str, store: PaymentAudit) -> PaymentRecord | None:
    """Return the order's last attempt with the history of all of them, None when none was ever begun."""
    payment_id = payment_id_of(order_id)
    history: tuple[PaymentMove, ...] = ()
    last: PaymentRecord | None = None
    while (record := store.record(payment_id)) is not None:
        history += record.history
        last = PaymentRecord(record.payment, history)
        if record.payment.successor is None:
            break
        payment_id = record.payment.successor
    return last
