"""Paying an order on request: the payment workflow is started, and its outcome awaited on the payment's record.

The record is what counts and not the execution: it is written before and after everything the provider is asked, one
read of it costs nothing that is scarce, and the same key finds the same record again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderflow.orders.errors import OrderNotFoundError
from orderflow.orders.payment_terms import PaymentTerms
from orderflow.payments.errors import (
    OrderAlreadyPaidError,
    OrderNotPayableError,
    PaymentClosedError,
    PaymentDeclinedError,
    PaymentInProgressError,
    PaymentNotCompletedError,
    PaymentNotStartedError,
    TooManyPaymentAttemptsError,
)
from orderflow.payments.payment import LIVE, OVER, Payment, PaymentStatus, last_attempt, number_of, payment_id_of
from orderflow.payments.requests import PaymentRequest
from orderflow.runtime.caller import Caller
from orderflow.runtime.idempotency.errors import IdempotencyConflictError
from orderflow.runtime.idempotency.once import Once
from orderflow.runtime.idempotency.record import expiry

# Per order, whoever asks: who tests stolen cards needs many more.
MOST_ATTEMPTS = 10
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 0.5  # seconds between two looks; doubles


@dataclass(frozen=True)
class PaymentStart:
    """One execution of the payment workflow; of two with the same name only the first is started."""

    name: str
    order_id: str
    requested_by: str
    amount: int
    currency: str
    correlation_id: str


class PaymentStarter(Protocol):
    """Where payment workflows run."""

    def start(self, start: PaymentStart) -> None:
        """Start the execution unless its name was used; raises PaymentWorkflowUnavailableError."""
        ...


class PaymentRequests(Protocol):
    """Requests on record."""

    def find(self, request_id: str) -> PaymentRequest | None:
        """Return the request, expired or not, as of now."""
        ...

    def add(self, request: PaymentRequest, now: datetime) -> bool:
        """Store the request; False when a current one has its id."""
        ...


class PaymentRecords(Protocol):
    """Payments on record."""

    def find(self, payment_id: str) -> Payment | None:
        """Return the payment as of now."""
        ...


@dataclass(frozen=True)
class Cashier:
    """Orders are paid on request here; `patience` is how long an answer may take, in seconds."""

    read_terms: Callable[[str], PaymentTerms]
    requests: PaymentRequests
    payments: PaymentRecords
    workflow: PaymentStarter
    clock: Callable[[], datetime]
    patience: float
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def pay_order(
        self, order_id: str, token: str | None, caller: Caller, *, once: Once, correlation_id: str
    ) -> Payment:
        """Pay the caller's order and return the payment: CAPTURED, or still under way when the time was up.

        A repeated request gets the first one's outcome; only what failed for technical reasons is tried again.
        Raises OrderNotFoundError, IdempotencyConflictError, PaymentDeclinedError, OrderNotPayableError,
        OrderAlreadyPaidError, PaymentClosedError, PaymentInProgressError, TooManyPaymentAttemptsError,
        PaymentNotCompletedError, PaymentNotStartedError and PaymentWorkflowUnavailableError.
        """
        terms = self.read_terms(order_id)
        if terms.user_id != caller.user_id:
            raise OrderNotFoundError(order_id)
        earlier = self._earlier(once)
        payment = self._of_request(order_id, once.id)
        if payment is None or payment.status is PaymentStatus.FAILED:
            number = self._next_number(terms)
            if earlier is None:
                self._remember(once, order_id, token)
            self._start(terms, once, number, correlation_id)
            return self._awaited(order_id, once.id, number)
        return self._awaited(order_id, once.id, number_of(payment.payment_id))

    def _earlier(self, once: Once) -> PaymentRequest | None:
        request = self.requests.find(once.id)
        if request is None or not request.is_current(self.clock()):
            return None
        if request.fingerprint != once.fingerprint:
            raise IdempotencyConflictError
        return request

    def _remember(self, once: Once, order_id: str, token: str | None) -> None:
        now = self.clock()
        request = PaymentRequest(once.id, once.fingerprint, order_id, expiry(now), token)
        if not self.requests.add(request, now):
            # The same key at the same moment: theirs is stored, and ours must be the same to go on with it.
            self._earlier(once)

    def _of_request(self, order_id: str, request_id: str) -> Payment | None:
        """Return the newest attempt of a request."""
        found, payment_id = None, payment_id_of(order_id)
        while (payment := self.payments.find(payment_id)) is not None:
            if payment.requested_by == request_id:
                found = payment
            if payment.successor is None:
                break
            payment_id = payment.successor
        return found

    def _next_number(self, terms: PaymentTerms) -> int:
        """Return which attempt the next one is, where one may begin."""
        payment_id, last = last_attempt(terms.order_id, self.payments.find)
        if last is not None and last.status is PaymentStatus.CAPTURED:
            raise OrderAlreadyPaidError(terms.order_id, payment_id)
        if not terms.is_open:
            raise OrderNotPayableError(terms.order_id, terms.status)
        number = number_of(payment_id)
        if last is None:
            return number
        if last.status in LIVE:
            raise PaymentInProgressError(payment_id)
        if last.status not in OVER or last.closed:
            raise PaymentClosedError(payment_id, last.status)
        if number >= MOST_ATTEMPTS:
            raise TooManyPaymentAttemptsError(terms.order_id, MOST_ATTEMPTS)
        return number + 1

    def _start(self, terms: PaymentTerms, once: Once, number: int, correlation_id: str) -> None:
        # At most 80 characters; the number lets a request that failed for technical reasons be tried again.
        name = f"{terms.order_id}-{once.id[:32]}-{number}"
        self.workflow.start(PaymentStart(name, terms.order_id, once.id, terms.amount, terms.currency, correlation_id))

    def _awaited(self, order_id: str, request_id: str, number: int) -> Payment:
        deadline, pause = self.monotonic() + self.patience, _FIRST_PAUSE
        while True:
            payment_id, last = last_attempt(order_id, self.payments.find)
            mine = last if last and last.requested_by == request_id else self._of_request(order_id, request_id)
            if mine and number_of(mine.payment_id) >= number and mine.status not in LIVE:
                return _outcome(mine)
            if last and last.requested_by != request_id and last.status not in OVER | LIVE:
                return _outcome(last)  # somebody else's was faster: it is paid, or closed
            if self.monotonic() + pause > deadline:
                return self._late(payment_id, last, mine, number)
            self.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _late(self, payment_id: str, last: Payment | None, mine: Payment | None, number: int) -> Payment:
        if mine and number_of(mine.payment_id) >= number:
            return mine
        if last and last.status in LIVE:
            raise PaymentInProgressError(payment_id)
        raise PaymentNotStartedError


def _outcome(payment: Payment) -> Payment:
    match payment.status:
        case PaymentStatus.CAPTURED | PaymentStatus.REFUNDED:
            return payment
        case PaymentStatus.DECLINED:
            raise PaymentDeclinedError(payment.decline_code or "declined")
        case PaymentStatus.FAILED:
            raise PaymentNotCompletedError(payment.payment_id)
    raise PaymentClosedError(payment.payment_id, payment.status)
