"""Payments for tests: a store in memory, and a provider with a ledger that forgets its voids, as the worst would."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orderflow.orders.errors import OrderNotFoundError
from orderflow.orders.payment_terms import PaymentTerms
from orderflow.payments.errors import PaymentDeclinedError
from orderflow.payments.moves import PaymentMovedError
from orderflow.payments.payment import Payment, PaymentStatus
from orderflow.payments.provider import Charge, ChargeState, ProviderCharge
from tests.support.orders import payment_terms

ORDER_ID = "01JFR0ZEN00000000000000001"


@dataclass
class InMemoryTerms:
    """Orders' `read_payment_terms` over one order."""

    terms: PaymentTerms = field(default_factory=lambda: payment_terms(ORDER_ID))

    def __call__(self, order_id: str) -> PaymentTerms:
        if order_id != self.terms.order_id:
            raise OrderNotFoundError(order_id)
        return self.terms


@dataclass
class InMemoryPayments:
    """The stores of every step; each move is conditional on the status it leaves."""

    payments: dict[str, Payment] = field(default_factory=dict)
    history: dict[str, list[PaymentStatus]] = field(default_factory=dict)

    def find(self, payment_id: str) -> Payment | None:
        return self.payments.get(payment_id)

    def begin_attempt(self, payment_id: str, terms: PaymentTerms, requested_by: str, at: datetime) -> Payment:
        current = self.payments.get(payment_id)
        if current and (current.status is not PaymentStatus.AUTHORIZING or current.requested_by != requested_by):
            raise PaymentMovedError(current)
        if current is None:
            self.history[payment_id] = [PaymentStatus.AUTHORIZING]
            current = Payment(
                payment_id,
                terms.order_id,
                PaymentStatus.AUTHORIZING,
                0,
                terms.amount,
                terms.currency,
                requested_by=requested_by,
            )
        self.payments[payment_id] = dataclasses.replace(current, attempts=current.attempts + 1)
        return self.payments[payment_id]

    def follow(self, payment: Payment, successor: str, at: datetime) -> None:
        current = self._unmoved(payment)
        if current.closed or current.successor:
            raise PaymentMovedError(current)
        self.payments[payment.payment_id] = dataclasses.replace(current, successor=successor)

    def record_authorized(self, payment_id: str, reference: str, at: datetime) -> Payment:
        authorizing = dataclasses.replace(self.payments[payment_id], status=PaymentStatus.AUTHORIZING)
        return self._move(authorizing, PaymentStatus.AUTHORIZED, provider_reference=reference)

    def record_captured(self, payment_id: str) -> None:
        """Do what the machine's state RecordPayment does."""
        authorized = dataclasses.replace(self.payments[payment_id], status=PaymentStatus.AUTHORIZED)
        self._move(authorized, PaymentStatus.CAPTURED)

    def record_declined(self, payment: Payment, decline_code: str, at: datetime) -> None:
        self._move(payment, PaymentStatus.DECLINED, decline_code=decline_code)

    def begin_voiding(self, payment: Payment, reason: str, at: datetime) -> None:
        self._move(payment, PaymentStatus.VOIDING)

    def record_failed(self, payment: Payment, at: datetime) -> None:
        self._move(payment, PaymentStatus.FAILED)

    def forbid(self, payment_id: str, order_id: str, reason: str, at: datetime) -> None:
        if payment_id in self.payments:
            raise PaymentMovedError(self.payments[payment_id])
        self.payments[payment_id] = Payment(payment_id, order_id, PaymentStatus.VOIDED, closed=True)
        self.history[payment_id] = [PaymentStatus.VOIDED]

    def close(self, payment: Payment, reason: str, at: datetime) -> None:
        current = self._unmoved(payment)
        if current.successor:
            raise PaymentMovedError(current)
        self.payments[payment.payment_id] = dataclasses.replace(current, closed=True)

    def record_voided(self, payment: Payment, reason: str, at: datetime) -> None:
        self._move(payment, PaymentStatus.VOIDED, closed=True)

    def record_refunded(self, payment: Payment, reference: str, reason: str, at: datetime) -> None:
        self._move(payment, PaymentStatus.REFUNDED, closed=True)

    def _unmoved(self, payment: Payment) -> Payment:
        current = self.payments.get(payment.payment_id)
        if current is None:
            raise LookupError(f"{payment.payment_id} is not there")
        if current.status is not payment.status:
            raise PaymentMovedError(current)
        return current

    def _move(self, payment: Payment, target: PaymentStatus, **facts: Any) -> Payment:
        moved = dataclasses.replace(self._unmoved(payment), status=target, **facts)
        self.payments[payment.payment_id] = moved
        self.history[payment.payment_id].append(target)
        return moved


@dataclass
class LedgerProvider:
    """Charges by key, once; a void gives back what there is and forgets that it was asked, as the worst would."""

    held: dict[str, int] = field(default_factory=dict)
    charged: dict[str, int] = field(default_factory=dict)
    returned: dict[str, int] = field(default_factory=dict)
    declined: dict[str, str] = field(default_factory=dict)
    attempts: list[int] = field(default_factory=list)
    decline_code: str | None = None

    def authorize(self, charge: Charge, *, token: str, attempt: int) -> str:
        key = charge.idempotency_key
        self.attempts.append(attempt)
        if self.decline_code:
            self.declined[key] = self.decline_code
            raise PaymentDeclinedError(self.decline_code)
        if key not in self.charged:
            assert self.held.setdefault(key, charge.amount) == charge.amount, "one key, two amounts"
        return f"ledger_{key}"

    def capture(self, charge: Charge, *, reference: str) -> None:
        key = charge.idempotency_key
        assert reference == f"ledger_{key}"
        if key in self.held:
            self.charged[key] = self.held.pop(key)
        if key not in self.charged:
            raise PaymentDeclinedError("authorization_gone")

    def look_up(self, charge: Charge, *, token: str, reference: str | None) -> ProviderCharge:
        key, known = charge.idempotency_key, f"ledger_{charge.idempotency_key}"
        if key in self.returned:
            return ProviderCharge(ChargeState.VOIDED, known)
        if key in self.charged:
            return ProviderCharge(ChargeState.CAPTURED, known)
        if key in self.held:
            return ProviderCharge(ChargeState.AUTHORIZED, known)
        if key in self.declined:
            return ProviderCharge(ChargeState.DECLINED, decline_code=self.declined[key])
        return ProviderCharge(ChargeState.NONE)

    def refund(self, reference: str, *, amount: int, currency: str, idempotency_key: str) -> str:
        self._give_back(reference.removeprefix("ledger_"), amount)
        return f"ledger_{idempotency_key}"

    def void(self, charge: Charge, *, reference: str | None) -> None:
        key = charge.idempotency_key
        if self.held.pop(key, None) or key in self.charged:
            self._give_back(key, self.charged.get(key, 0))

    def _give_back(self, key: str, amount: int) -> None:
        assert amount <= self.charged.get(key, 0), "more is given back than was taken"
        self.returned[key] = amount

    @property
    def balance(self) -> int:
        """What the customer is without, in minor units: taken or held."""
        return sum(self.held.values()) + sum(self.charged.values()) - sum(self.returned.values())
