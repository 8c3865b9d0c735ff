"""Parts of a captured payment given back: the intent is written before the provider is asked, the outcome after."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from orderflow.payments.errors import PaymentDeclinedError, RefundRefusedError
from orderflow.payments.payment import PaymentStatus, payment_id_of
from orderflow.payments.refunding import UnsettledPaymentError
from orderflow.runtime.clock import iso

# Each lost race means that another refund of the payment moved on.
_ATTEMPTS = 10


class AccountChangedError(Exception):
    """The payment is no longer as it was read; nothing was written."""


class RefundState(StrEnum):
    """PENDING means that the provider may or may not have given it back: ask again, same key."""

    PENDING = "PENDING"
    DONE = "DONE"
    REFUSED = "REFUSED"


@dataclass(frozen=True)
class PartialRefund:
    """A part of a payment; `amount` in minor units, `detail` the provider's reference or the code of its refusal."""

    refund_id: str
    amount: int
    reason: str
    at: str
    state: RefundState = RefundState.PENDING
    detail: str | None = None


@dataclass(frozen=True)
class Account:
    """A payment with the parts that were given back of it, oldest first; amounts in minor units of `currency`.

    `successor` is the attempt that followed when this one came to nothing.
    """

    payment_id: str
    status: PaymentStatus
    amount: int
    currency: str
    provider_reference: str | None
    refunds: tuple[PartialRefund, ...] = ()
    successor: str | None = None

    @property
    def refunded(self) -> int:
        """What was given back."""
        return sum(each.amount for each in self.refunds if each.state is RefundState.DONE)

    @property
    def left(self) -> int:
        """What no refund asks for yet: captured less refunded, and less what is being refunded."""
        return self.amount - sum(each.amount for each in self.refunds if each.state is not RefundState.REFUSED)

    def refund(self, refund_id: str) -> PartialRefund | None:
        """Return one refund."""
        return next((each for each in self.refunds if each.refund_id == refund_id), None)

    def put(self, refund: PartialRefund) -> "Account":
        """Return the account with a refund added, or changed. With everything given back it is REFUNDED."""
        refunds = (
            tuple(refund if each.refund_id == refund.refund_id else each for each in self.refunds)
            if self.refund(refund.refund_id)
            else (*self.refunds, refund)
        )
        after = dataclasses.replace(self, refunds=refunds)
        whole = after.refunded == after.amount
        return dataclasses.replace(after, status=PaymentStatus.REFUNDED) if whole else after


class AccountStore(Protocol):
    """Payments on record, while parts of them are given back."""

    def find(self, payment_id: str) -> Account | None:
        """Return the payment as of now, None when no charge was ever tried."""
        ...

    def save(self, before: Account, after: Account, at: datetime) -> None:
        """Write `after` where `before` still stands; raises AccountChangedError."""
        ...


class RefundingProvider(Protocol):
    """The part of the provider's port that gives money back."""

    def refund(self, reference: str, *, amount: int, currency: str, idempotency_key: str) -> str:
        """Give back part of a captured charge, once per key, and return the refund's reference."""
        ...


@dataclass(frozen=True)
class Till:
    """Gives parts of payments back."""

    store: AccountStore
    provider: RefundingProvider
    clock: Callable[[], datetime]

    def refund(self, order_id: str, refund_id: str, *, amount: int, currency: str, reason: str) -> None:
        """Give `amount` minor units back, once per refund id; repeating it changes nothing.

        Raises:
            RefundRefusedError: it will never be made; the same again for a repeat.
            PaymentProviderUnavailableError, PaymentTimeoutError, UnsettledPaymentError: unknown outcome; repeat.
        """
        for _ in range(_ATTEMPTS):
            account = self._last_attempt(order_id)
            try:
                if account is None:
                    raise RefundRefusedError("nothing_captured")
                return self._refund(account, PartialRefund(refund_id, amount, reason, iso(self.clock())), currency)
            except AccountChangedError:
                continue
        raise UnsettledPaymentError(f"The payment of order {order_id} kept changing while it was refunded; try again.")

    def _last_attempt(self, order_id: str) -> Account | None:
        account = self.store.find(payment_id_of(order_id))
        while account is not None and account.successor is not None:
            account = self.store.find(account.successor)
        return account

    def _refund(self, account: Account, wanted: PartialRefund, currency: str) -> None:
        refund = account.refund(wanted.refund_id)
        if refund is None:
            _require_left(account, wanted, currency)
            refund, before = wanted, account
            account = before.put(refund)
            self.store.save(before, account, self.clock())
        if refund.state is RefundState.REFUSED:
            raise RefundRefusedError(refund.detail or "refused")
        if refund.state is RefundState.PENDING:
            self._ask(account, refund)

    def _ask(self, account: Account, refund: PartialRefund) -> None:
        if account.provider_reference is None:
            raise ValueError(f"{account.payment_id} is {account.status} without the provider's reference")
        try:
            reference = self.provider.refund(
                account.provider_reference,
                amount=refund.amount,
                currency=account.currency,
                idempotency_key=refund.refund_id,
            )
        except (PaymentDeclinedError, RefundRefusedError) as refusal:
            code = refusal.decline_code if isinstance(refusal, PaymentDeclinedError) else refusal.refusal_code
            self._close(account, refund, RefundState.REFUSED, code)
            raise RefundRefusedError(code) from refusal
        self._close(account, refund, RefundState.DONE, reference)

    def _close(self, account: Account, refund: PartialRefund, state: RefundState, detail: str) -> None:
        self.store.save(account, account.put(dataclasses.replace(refund, state=state, detail=detail)), self.clock())


def _require_left(account: Account, wanted: PartialRefund, currency: str) -> None:
    if account.status is not PaymentStatus.CAPTURED:
        raise RefundRefusedError(f"payment_{account.status.value.lower()}")
    if currency != account.currency:
        raise RefundRefusedError("other_currency")
    if wanted.amount > account.left:
        raise RefundRefusedError("more_than_captured")
