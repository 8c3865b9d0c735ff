"""Holding what an order owes, once: the intent is written before the provider is asked, the outcome after it answered.

A repeat asks the provider what became of the first time before anything else. That is done here and not in a state of
its own because repeats come from everywhere: a retrier of the machine, Lambda after a crash, a second execution. So
none of them can charge again what had been charged unseen.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from orderflow.orders.payment_terms import PaymentTerms
from orderflow.payments.errors import (
    PaymentClosedError,
    PaymentDeclinedError,
    PaymentInProgressError,
    PaymentTermsMismatchError,
)
from orderflow.payments.moves import PaymentMovedError
from orderflow.payments.payment import OVER, Payment, PaymentStatus, number_of, payment_id_of
from orderflow.payments.provider import Charge, ChargeState, PaymentProvider
from orderflow.payments.unseen import void_late_charge


class AuthorizingStore(Protocol):
    """Payments on record, while the provider is asked to hold the amount. Every write raises PaymentMovedError."""

    def begin_attempt(self, payment_id: str, terms: PaymentTerms, requested_by: str, at: datetime) -> Payment:
        """Create the payment AUTHORIZING, or count one more attempt of the same asker on it."""
        ...

    def follow(self, payment: Payment, successor: str, at: datetime) -> None:
        """Name the attempt that follows one that is over, unless the order is closed."""
        ...

    def record_authorized(self, payment_id: str, reference: str, at: datetime) -> Payment:
        """Move an AUTHORIZING payment to AUTHORIZED."""
        ...

    def record_declined(self, payment: Payment, decline_code: str, at: datetime) -> None:
        """Move the payment from the status it has to DECLINED."""
        ...


def authorize_payment(
    order_id: str,
    *,
    requested_by: str,
    amount: int,
    currency: str,
    read_terms: Callable[[str], PaymentTerms],
    store: AuthorizingStore,
    provider: PaymentProvider,
    clock: Callable[[], datetime],
) -> Payment:
    """Hold what the order owes and return the payment, AUTHORIZED; CAPTURED when the order is paid already.

    Raises:
        PaymentDeclinedError: the provider refused; the same again for a repeat.
        PaymentProviderUnavailableError, PaymentTimeoutError: repeat, the provider is asked what became of it.
        PaymentInProgressError: somebody else's attempt is under way; repeat.
        PaymentTermsMismatchError: `amount` and `currency` are not what the order owes.
        PaymentClosedError: the order's payment was refunded or voided before, or meanwhile.
        OrderNotFoundError: there is no such order.
    """
    terms = read_terms(order_id)
    if (amount, currency) != (terms.amount, terms.currency):
        raise PaymentTermsMismatchError(order_id, (amount, currency), (terms.amount, terms.currency))
    payment = _begin(terms, requested_by, store, clock)
    if payment.status is not PaymentStatus.AUTHORIZING:
        return payment
    try:
        reference = _hold(payment, terms, provider)
        return store.record_authorized(payment.payment_id, reference, clock())
    except PaymentDeclinedError as decline:
        _record_decline(payment, decline, store, clock)
        raise
    except PaymentMovedError as moved:
        return _meanwhile(moved.current, provider)


def _begin(terms: PaymentTerms, requested_by: str, store: AuthorizingStore, clock: Callable[[], datetime]) -> Payment:
    """Return the attempt of this asker, or the captured one of whomever."""
    payment_id = payment_id_of(terms.order_id)
    while True:
        try:
            return store.begin_attempt(payment_id, terms, requested_by, clock())
        except PaymentMovedError as moved:
            current = moved.current
        mine = current.requested_by == requested_by
        if current.status is PaymentStatus.CAPTURED or (mine and current.status is PaymentStatus.AUTHORIZED):
            return current
        if mine and current.status is PaymentStatus.DECLINED:
            raise PaymentDeclinedError(current.decline_code or "declined")
        if current.status not in OVER and current.status not in (PaymentStatus.VOIDED, PaymentStatus.REFUNDED):
            raise PaymentInProgressError(payment_id)
        if current.status not in OVER or current.closed:
            raise PaymentClosedError(payment_id, current.status)
        payment_id = _following(current, store, clock)


def _following(over: Payment, store: AuthorizingStore, clock: Callable[[], datetime]) -> str:
    successor = over.successor or payment_id_of(over.order_id, number_of(over.payment_id) + 1)
    try:
        if over.successor is None:
            store.follow(over, successor, clock())
    except PaymentMovedError as moved:
        if moved.current.successor is None:
            raise PaymentClosedError(over.payment_id, moved.current.status) from moved
    return successor


def _hold(payment: Payment, terms: PaymentTerms, provider: PaymentProvider) -> str:
    charge = Charge(payment.payment_id, terms.amount, terms.currency)
    if payment.attempts > 1:
        found = provider.look_up(charge, token=terms.token, reference=None)
        if found.state in (ChargeState.AUTHORIZED, ChargeState.CAPTURED) and found.reference:
            return found.reference
        if found.state in (ChargeState.DECLINED, ChargeState.VOIDED):
            raise PaymentDeclinedError(found.decline_code or "voided_by_provider")
    return provider.authorize(charge, token=terms.token, attempt=payment.attempts)


def _record_decline(
    payment: Payment, decline: PaymentDeclinedError, store: AuthorizingStore, clock: Callable[[], datetime]
) -> None:
    try:
        store.record_declined(payment, decline.decline_code, clock())
    except PaymentMovedError as moved:
        if moved.current.status is not PaymentStatus.DECLINED:
            raise PaymentClosedError(payment.payment_id, moved.current.status) from moved


def _meanwhile(current: Payment, provider: PaymentProvider) -> Payment:
    """Answer as the other execution of this attempt that was faster, or undo what came after the payment was closed."""
    if current.status in (PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED):
        return current
    if current.status is PaymentStatus.DECLINED:
        raise PaymentDeclinedError(current.decline_code or "declined")
    void_late_charge(current, provider)
    raise PaymentClosedError(current.payment_id, current.status)
