"""Giving up an attempt: whatever the provider holds or took is let go of, and the order may be paid otherwise."""

import dataclasses
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from orderflow.payments.moves import PaymentMovedError
from orderflow.payments.payment import LIVE, Payment, PaymentStatus, last_attempt
from orderflow.payments.provider import PaymentProvider
from orderflow.payments.unseen import charge_of, void_late_charge


class VoidingStore(Protocol):
    """Payments on record, while an attempt is given up. Every write raises PaymentMovedError."""

    def find(self, payment_id: str) -> Payment | None:
        """Return the payment as of now."""
        ...

    def begin_voiding(self, payment: Payment, reason: str, at: datetime) -> None:
        """Move an AUTHORIZING or AUTHORIZED payment to VOIDING: no later step of the attempt may go on."""
        ...

    def record_failed(self, payment: Payment, at: datetime) -> None:
        """Move a VOIDING payment to FAILED."""
        ...


def void_payment(
    order_id: str,
    *,
    requested_by: str,
    reason: str,
    store: VoidingStore,
    provider: PaymentProvider,
    clock: Callable[[], datetime],
) -> Payment | None:
    """Give up what `requested_by` began and return the order's last attempt, None when there is none.

    A captured payment stays: its record was the last step. Repeating it changes nothing.

    Raises PaymentProviderUnavailableError or PaymentTimeoutError: repeat until it succeeds.
    """
    _, payment = last_attempt(order_id, store.find)
    if payment is None or payment.requested_by != requested_by:
        return payment
    try:
        if payment.status in LIVE:
            return _let_go(payment, reason, store, provider, clock)
    except PaymentMovedError as moved:
        payment = moved.current
    if payment.status is PaymentStatus.VOIDED:
        void_late_charge(payment, provider)
    return payment


def _let_go(
    payment: Payment, reason: str, store: VoidingStore, provider: PaymentProvider, clock: Callable[[], datetime]
) -> Payment:
    # On record first: from here on no step of the attempt goes on, so the provider's void is the last word. And FAILED
    # only after it, since another attempt may begin then.
    if payment.status is not PaymentStatus.VOIDING:
        store.begin_voiding(payment, reason, clock())
    voiding = dataclasses.replace(payment, status=PaymentStatus.VOIDING)
    provider.void(charge_of(voiding), reference=voiding.provider_reference)
    store.record_failed(voiding, clock())
    return dataclasses.replace(voiding, status=PaymentStatus.FAILED)
