"""Everything around a payment, in memory."""

from dataclasses import dataclass, field

from orderflow.payments.charging import process_payment
from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.payments.refunding import Outcome, refund_payment
from tests.support.crashes import Trap
from tests.support.frozen import FrozenClock
from tests.support.payments import ORDER_ID, InMemoryPayments, InMemoryTerms, LedgerProvider

PAYMENT_ID = f"pay_{ORDER_ID}"


@dataclass
class World:
    """One order over 19.99 EUR, its payment and the provider's ledger."""

    payments: InMemoryPayments = field(default_factory=InMemoryPayments)
    provider: LedgerProvider = field(default_factory=LedgerProvider)
    terms: InMemoryTerms = field(default_factory=InMemoryTerms)
    clock: FrozenClock = field(default_factory=FrozenClock)

    def process(
        self, trap: Trap | None = None, order_id: str = ORDER_ID, amount: int = 1999, currency: str = "EUR"
    ) -> Payment:
        """Run the step process_payment; a trap counts its calls."""
        trap = trap or Trap(lambda: None)
        return process_payment(
            order_id,
            amount=amount,
            currency=currency,
            read_terms=trap.guard(self.terms),
            store=trap.guard(self.payments),
            provider=trap.guard(self.provider),
            clock=self.clock,
        )

    def refund(self, trap: Trap | None = None) -> Outcome:
        """Run the step refund_payment; a trap counts its calls."""
        trap = trap or Trap(lambda: None)
        return refund_payment(
            ORDER_ID,
            reason="TECHNICAL_FAILURE",
            store=trap.guard(self.payments),
            provider=trap.guard(self.provider),
            clock=self.clock,
        )

    @property
    def status(self) -> PaymentStatus | None:
        payment = self.payments.find(PAYMENT_ID)
        return payment.status if payment else None
