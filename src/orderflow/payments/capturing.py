"""Taking what is held. The record AUTHORIZED is the intent; the machine's next state records CAPTURED."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from orderflow.payments.errors import PaymentClosedError, PaymentDeclinedError, PaymentTimeoutError
from orderflow.payments.moves import PaymentMovedError
from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.payments.provider import ChargeState, PaymentProvider
from orderflow.payments.unseen import charge_of


class CapturingStore(Protocol):
    """Payments on record, while the provider is asked for the money."""

    def find(self, payment_id: str) -> Payment | None:
        """Return the payment as of now."""
        ...

    def record_declined(self, payment: Payment, decline_code: str, at: datetime) -> None:
        """Move the payment from the status it has to DECLINED; raises PaymentMovedError."""
        ...


def capture_payment(
    payment_id: str, *, store: CapturingStore, provider: PaymentProvider, clock: Callable[[], datetime]
) -> Payment:
    """Take what the payment holds and return it as it is on record; a captured payment is left alone.

    Raises:
        PaymentDeclinedError: the hold is gone, recorded.
        PaymentProviderUnavailableError, PaymentTimeoutError: repeat; a hold is taken once.
        PaymentClosedError: the payment was closed meanwhile, or is not held.
    """
    payment = store.find(payment_id)
    if payment is not None and payment.status is PaymentStatus.CAPTURED:
        return payment
    if payment is None or payment.status is not PaymentStatus.AUTHORIZED or payment.provider_reference is None:
        raise PaymentClosedError(payment_id, payment.status if payment else "not there")
    try:
        _take(payment, payment.provider_reference, provider)
    except PaymentDeclinedError as decline:
        try:
            store.record_declined(payment, decline.decline_code, clock())
        except PaymentMovedError as moved:
            raise PaymentClosedError(payment_id, moved.current.status) from moved
        raise
    return payment


def _take(payment: Payment, reference: str, provider: PaymentProvider) -> None:
    charge = charge_of(payment)
    try:
        provider.capture(charge, reference=reference)
    except PaymentTimeoutError:
        # Unknown: ask before anybody repeats it. With its reference known, the charge is found without a token.
        if provider.look_up(charge, token="", reference=reference).state is not ChargeState.CAPTURED:
            raise
