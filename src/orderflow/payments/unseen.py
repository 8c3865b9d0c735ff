"""Money that the provider may hold without our record of it."""

from orderflow.payments.payment import Payment
from orderflow.payments.provider import Charge, PaymentProvider


def charge_of(payment: Payment) -> Charge:
    """Return the payment as the provider knows it; raises ValueError where no charge was ever tried."""
    if payment.amount is None or payment.currency is None:
        raise ValueError(f"{payment.payment_id} has no amount and currency: no charge was ever tried")
    return Charge(payment.payment_id, payment.amount, payment.currency)


def void_late_charge(payment: Payment, provider: PaymentProvider) -> None:
    """Let go of what came to a payment that had been given up or closed before it.

    Had that been done between our call and our record, the money would still be held: the provider's void is
    repeatable, so it is asked wherever a charge may have been tried.
    """
    if payment.attempts:
        provider.void(charge_of(payment), reference=payment.provider_reference)
