"""Everything around a payment, in memory; the payment machine is played as its file says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from orderflow.payments.authorizing import authorize_payment
from orderflow.payments.capturing import capture_payment
from orderflow.payments.errors import PaymentDeclinedError, PaymentNotCapturedError
from orderflow.payments.payment import THE_ORDER, Payment, PaymentStatus, payment_id_of
from orderflow.payments.refunding import Outcome, refund_payment
from orderflow.payments.voiding import void_payment
from orderflow.runtime.errors import TransientError
from tests.support.crashes import ProcessDied, Trap
from tests.support.frozen import FrozenClock
from tests.support.payments import ORDER_ID, InMemoryPayments, InMemoryTerms, LedgerProvider

PAYMENT_ID = payment_id_of(ORDER_ID)
SECOND_ID = payment_id_of(ORDER_ID, 2)
_ATTEMPTS = 5


@dataclass
class World:
    """One order over 19.99 EUR, its payments and the provider's ledger."""

    payments: InMemoryPayments = field(default_factory=InMemoryPayments)
    provider: LedgerProvider = field(default_factory=LedgerProvider)
    terms: InMemoryTerms = field(default_factory=InMemoryTerms)
    clock: FrozenClock = field(default_factory=FrozenClock)

    def authorize(
        self,
        trap: Trap | None = None,
        requested_by: str = THE_ORDER,
        order_id: str = ORDER_ID,
        amount: int = 1999,
        currency: str = "EUR",
    ) -> Payment:
        """Run the step authorize_payment; a trap counts its calls."""
        trap = trap or Trap(lambda: None)
        return authorize_payment(
            order_id,
            requested_by=requested_by,
            amount=amount,
            currency=currency,
            read_terms=trap.guard(self.terms),
            store=trap.guard(self.payments),
            provider=trap.guard(self.provider),
            clock=self.clock,
        )

    def capture(self, payment_id: str = PAYMENT_ID, trap: Trap | None = None) -> Payment:
        """Run the step capture_payment; a trap counts its calls."""
        trap = trap or Trap(lambda: None)
        return capture_payment(
            payment_id, store=trap.guard(self.payments), provider=trap.guard(self.provider), clock=self.clock
        )

    def void(self, trap: Trap | None = None, requested_by: str = THE_ORDER) -> Payment | None:
        """Run the step void_payment; a trap counts its calls."""
        trap = trap or Trap(lambda: None)
        return void_payment(
            ORDER_ID,
            requested_by=requested_by,
            reason="PaymentTimeoutError",
            store=trap.guard(self.payments),
            provider=trap.guard(self.provider),
            clock=self.clock,
        )

    def pay(self, trap: Trap | None = None, requested_by: str = THE_ORDER) -> Payment:
        """Run the payment machine to its end: what passes or dies is repeated, what fails for good is let go of.

        Raises PaymentDeclinedError and PaymentNotCapturedError, as the machine's two bad endings.
        """
        trap = trap or Trap(lambda: None)
        try:
            payment = self._repeated(lambda: self.authorize(trap, requested_by))
            self._repeated(lambda: self.capture(payment.payment_id, trap))
            self._repeated(lambda: trap.call(self.payments.record_captured, payment.payment_id))
        except PaymentDeclinedError:
            raise
        except Exception:  # noqa: BLE001 - States.ALL
            last = self._repeated(lambda: self.void(trap, requested_by))
            if last is None or last.status is not PaymentStatus.CAPTURED:
                raise PaymentNotCapturedError(ORDER_ID) from None
            return last
        return self.payments.payments[payment.payment_id]

    def pay_without_help(self, trap: Trap | None = None) -> Payment:
        """Run the three steps as an execution does that is stopped for good where it fails."""
        trap = trap or Trap(lambda: None)
        payment = self.authorize(trap)
        self.capture(payment.payment_id, trap)
        trap.call(self.payments.record_captured, payment.payment_id)
        return self.payments.payments[payment.payment_id]

    @staticmethod
    def _repeated(step: Callable[[], Any]) -> Any:
        for _ in range(_ATTEMPTS - 1):
            try:
                return step()
            except (TransientError, ProcessDied):
                continue
        return step()

    def refund(self, trap: Trap | None = None) -> Outcome:
        """Run the step refund_payment; a trap counts its calls."""
        trap = trap or Trap(lambda: None)
        return refund_payment(
            ORDER_ID,
            reason="TECHNICAL_FAILURE",
            store=trap.guard(self.payments),
            provider=trap.guard(self.provider),
            clock=self.clock,
        )[1]

    @property
    def status(self) -> PaymentStatus | None:
        payment = self.payments.find(PAYMENT_ID)
        return payment.status if payment else None

    @property
    def captured(self) -> list[str]:
        """The ids of all captured payments."""
        return [each.payment_id for each in self.payments.payments.values() if each.status is PaymentStatus.CAPTURED]
