"""Paying an order on request: the payment workflow is started, and its outcome awaited on the payment's record.

The record is what counts and not the execution: it is written before and after everything the provider is asked, one
read of it costs nothing that is scarce, and the same key finds the same record again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
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
from orderflow.payments.reading import as_json
from orderflow.payments.requests import asked
from orderflow.runtime.caller import Caller
from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.keys import Fresh, IdempotencyKeys, Replay
from orderflow.runtime.idempotency.once import Once
from orderflow.runtime.idempotency.record import Fact, Point
from orderflow.runtime.json_text import JsonText, json_text

# Per order, whoever asks: who tests stolen cards needs many more.
MOST_ATTEMPTS = 10
# What the answer's record remembers of the payment, for the log line of a replay.
_PAID = "paid"
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


class PaymentRecords(Protocol):
    """Payments on record."""

    def find(self, payment_id: str) -> Payment | None:
        """Return the payment as of now."""
        ...


@dataclass(frozen=True)
class Paid:
    """A payment as it stood when its request was answered, and the answer."""

    payment_id: str
    status: PaymentStatus
    answer: Answer
    replayed: bool = False


@dataclass(frozen=True)
class Cashier:
    """Orders are paid on request here; `patience` is how long an answer may take, in seconds."""

    read_terms: Callable[[str], PaymentTerms]
    keys: IdempotencyKeys
    payments: PaymentRecords
    workflow: PaymentStarter
    patience: float
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def pay_order(self, order_id: str, token: str | None, caller: Caller, *, once: Once, correlation_id: str) -> Paid:
        """Pay the caller's order: 200 when it is captured, 202 when it is still under way when the time was up.

        A repeated request gets the first one's outcome; only what failed for technical reasons is tried again.
        Raises OrderNotFoundError, IdempotencyConflictError, RequestInProgressError, PaymentDeclinedError,
        OrderNotPayableError, OrderAlreadyPaidError, PaymentClosedError, PaymentInProgressError,
        TooManyPaymentAttemptsError, PaymentNotCompletedError, PaymentNotStartedError and
        PaymentWorkflowUnavailableError.
        """
        terms = self.read_terms(order_id)
        if terms.user_id != caller.user_id:
            raise OrderNotFoundError(order_id)
        if replay := self.keys.earlier(once):
            return _replayed(replay)
        payment = self._of_request(order_id, once.id)
        if begins := payment is None or payment.status is PaymentStatus.FAILED:
            # Before anything is written: a request that may not pay leaves its key free.
            number = self._next_number(terms)
        else:
            number = number_of(payment.payment_id)
        begun = self.keys.begin(once, asked(order_id, token))
        if isinstance(begun, Replay):
            return _replayed(begun)
        try:
            if begins:
                self._start(terms, once, number, correlation_id)
            return self._answered(begun, self._awaited(order_id, once.id, number))
        except Exception:
            # Whatever it was, the payments themselves tell the repeat where to go on.
            self.keys.release(begun)
            raise

    def _answered(self, begun: Fresh, payment: Payment) -> Paid:
        if payment.status in LIVE:
            self.keys.release(begun)  # the repeat looks again
            return Paid(payment.payment_id, payment.status, Answer(202, *_shown(payment)))
        answer = Answer(200, *_shown(payment))
        facts: dict[str, Fact] = {"paymentId": payment.payment_id, "status": payment.status.value}
        try:
            self.keys.save(begun.finished(answer, Point(_PAID, facts)))
        except KeyTakenError:
            return _replayed(self.keys.taken(begun.record.once))
        return Paid(payment.payment_id, payment.status, answer)

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


def _shown(payment: Payment) -> tuple[JsonText, dict[str, str]]:
    return json_text(as_json(payment)), {"Location": f"/payments/{payment.payment_id}"}


def _replayed(replay: Replay) -> Paid:
    paid = replay.facts(_PAID)
    return Paid(str(paid["paymentId"]), PaymentStatus(str(paid["status"])), replay.answer, replayed=True)
