"""Paying on request: once per key, once per order, and a refusal says why."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from orderflow.orders.errors import OrderNotFoundError
from orderflow.orders.payment_terms import PaymentTerms
from orderflow.orders.status import OrderStatus
from orderflow.payments.errors import (
    OrderAlreadyPaidError,
    OrderNotPayableError,
    PaymentClosedError,
    PaymentDeclinedError,
    PaymentInProgressError,
    PaymentNotCapturedError,
    PaymentNotCompletedError,
    PaymentNotStartedError,
    PaymentRequestUnknownError,
    TooManyPaymentAttemptsError,
)
from orderflow.payments.paying import MOST_ATTEMPTS, Cashier, Paid, PaymentStart
from orderflow.payments.payment import THE_ORDER, PaymentStatus, payment_id_of
from orderflow.payments.requests import PaymentRequest, asked, request_of, with_its_token
from orderflow.runtime.caller import Caller
from orderflow.runtime.idempotency.errors import IdempotencyConflictError, RequestInProgressError
from orderflow.runtime.idempotency.keys import LEASE
from orderflow.runtime.idempotency.once import Once
from orderflow.runtime.idempotency.record import Point, Record
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.idempotency import InMemoryRecords, keys_on
from tests.support.orders import payment_terms
from tests.support.payments import ORDER_ID
from tests.unit.payments.world import PAYMENT_ID, SECOND_ID, World

OWNER = Caller(payment_terms(ORDER_ID).user_id)
KEY = Once("a" * 64, "body-1")
OTHER_KEY = Once("b" * 64, "body-1")
NO_REQUEST = Once("c" * 64, "body-1")


@dataclass
class Counter:
    """Everything around the cashier; the payment machine runs at once when it is started, unless it hangs."""

    world: World = field(default_factory=World)
    status: OrderStatus = OrderStatus.PENDING
    records: InMemoryRecords = field(default_factory=InMemoryRecords)
    started: list[PaymentStart] = field(default_factory=list)
    runs: Callable[[PaymentStart], object] | None = None
    now: float = 0
    trap: Trap = field(default_factory=lambda: Trap(lambda: None))

    def find(self, request_id: str) -> PaymentRequest | None:
        record = self.records.find(request_id)
        return request_of(record) if record else None

    def start(self, start: PaymentStart) -> None:
        if start.name not in [each.name for each in self.started]:
            self.started.append(start)
            (self.runs or self.run)(start)

    def run(self, start: PaymentStart) -> None:
        """Be the payment machine, whose failures are its own."""
        try:
            self.world.pay(requested_by=start.requested_by)
        except (PaymentDeclinedError, PaymentNotCapturedError):
            return

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def pay(self, once: Once = KEY, token: str | None = None, caller: Caller = OWNER) -> Paid:
        def terms(order_id: str) -> PaymentTerms:
            return replace(self.world.terms(order_id), status=self.status)

        cashier = Cashier(
            read_terms=terms,
            keys=keys_on(self.trap.guard(self.records), self.world.clock),
            payments=self.world.payments,
            workflow=self.trap.guard(self),
            patience=15,
            monotonic=lambda: self.now,
            sleep=self._sleep,
        )
        return cashier.pay_order(ORDER_ID, token, caller, once=once, correlation_id="c")


@pytest.fixture
def counter() -> Counter:
    return Counter()


def test_an_open_order_is_paid_and_the_same_key_gets_the_same_payment(counter: Counter) -> None:
    first = counter.pay(token="tok_1")
    assert (first.payment_id, first.status, first.answer.status) == (PAYMENT_ID, PaymentStatus.CAPTURED, 200)
    assert json.loads(first.answer.body)["amount"] == 1999
    counter.status = OrderStatus.CONFIRMED
    assert counter.pay() == replace(first, replayed=True)
    assert counter.started == [PaymentStart(f"{ORDER_ID}-{'a' * 32}-1", ORDER_ID, KEY.id, 1999, "EUR", "c")]
    assert counter.find(KEY.id) == PaymentRequest(KEY.id, ORDER_ID, "tok_1")
    assert counter.world.provider.balance == 1999


def test_the_same_key_with_another_body_is_refused(counter: Counter) -> None:
    counter.pay()
    with pytest.raises(IdempotencyConflictError):
        counter.pay(Once(KEY.id, "body-2"))


def test_a_strangers_order_is_not_there(counter: Counter) -> None:
    for caller in (Caller("somebody-else"), Caller("an-admin", frozenset({"admin"}))):
        with pytest.raises(OrderNotFoundError):
            counter.pay(caller=caller)
    assert counter.started == []


@pytest.mark.parametrize(
    "status", [s for s in OrderStatus if s not in (OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.REVIEW)]
)
def test_an_order_that_is_over_owes_nothing(counter: Counter, status: OrderStatus) -> None:
    counter.status = status
    with pytest.raises(OrderNotPayableError, match=status):
        counter.pay()
    assert (counter.started, counter.records.kept) == ([], {})


def test_a_paid_order_is_not_paid_again_with_another_key(counter: Counter) -> None:
    counter.pay()
    with pytest.raises(OrderAlreadyPaidError, match=PAYMENT_ID):
        counter.pay(OTHER_KEY)
    assert counter.world.provider.balance == 1999


def test_a_decline_is_told_again_to_its_key_and_another_key_tries_again(counter: Counter) -> None:
    counter.world.provider.decline_code = "lost_card"
    for _ in range(2):
        with pytest.raises(PaymentDeclinedError, match="lost_card"):
            counter.pay()
    counter.world.provider.decline_code = None
    assert counter.pay(OTHER_KEY).payment_id == SECOND_ID
    with pytest.raises(PaymentDeclinedError, match="lost_card"):
        counter.pay()
    assert [start.name[-2:] for start in counter.started] == ["-1", "-2"]


def test_an_attempt_under_way_is_no_place_for_another(counter: Counter) -> None:
    counter.world.authorize(requested_by=THE_ORDER)
    with pytest.raises(PaymentInProgressError, match=PAYMENT_ID):
        counter.pay()
    assert counter.started == []


def test_a_closed_order_takes_no_payment(counter: Counter) -> None:
    counter.world.refund()
    with pytest.raises(PaymentClosedError):
        counter.pay()
    assert counter.started == []


def test_what_is_still_under_way_when_the_time_is_up_is_answered_so(counter: Counter) -> None:
    counter.runs = lambda start: counter.world.authorize(requested_by=start.requested_by)
    payment = counter.pay()
    assert (payment.payment_id, payment.status) == (PAYMENT_ID, PaymentStatus.AUTHORIZED)
    assert payment.answer.status == 202
    assert 14 < counter.now <= 15
    # And the same key waits for the same one
    counter.world.pay(requested_by=KEY.id)
    again = counter.pay()
    assert (again.status, again.answer.status, again.replayed) == (PaymentStatus.CAPTURED, 200, False)
    assert len(counter.started) == 1


def test_a_workflow_that_never_began_is_a_failure_that_may_be_repeated(counter: Counter) -> None:
    counter.runs = lambda start: None
    with pytest.raises(PaymentNotStartedError):
        counter.pay()
    assert counter.now <= 15


def test_what_failed_for_technical_reasons_is_tried_again_by_the_same_key(counter: Counter) -> None:
    def give_up(start: PaymentStart) -> None:
        counter.world.authorize(requested_by=start.requested_by)
        counter.world.void(requested_by=start.requested_by)

    counter.runs = give_up
    with pytest.raises(PaymentNotCompletedError, match=PAYMENT_ID):
        counter.pay()
    assert counter.world.provider.balance == 0
    counter.runs = None
    assert counter.pay().payment_id == SECOND_ID
    assert counter.world.provider.balance == 1999


def test_who_is_overtaken_by_the_orders_own_payment_is_told_of_that_one(counter: Counter) -> None:
    counter.runs = lambda start: counter.world.pay(requested_by=THE_ORDER)
    counter.pay()
    assert counter.world.payments.payments[PAYMENT_ID].requested_by == THE_ORDER
    assert counter.world.provider.balance == 1999


def test_an_order_cannot_be_tried_without_end(counter: Counter) -> None:
    counter.world.provider.decline_code = "card_declined"
    for number in range(MOST_ATTEMPTS):
        with pytest.raises(PaymentDeclinedError):
            counter.pay(Once(f"{number:064}", "body"))
    with pytest.raises(TooManyPaymentAttemptsError):
        counter.pay(OTHER_KEY)
    assert payment_id_of(ORDER_ID, MOST_ATTEMPTS) in counter.world.payments.payments
    assert len(counter.world.payments.payments) == MOST_ATTEMPTS


def test_a_request_pays_with_its_own_token_and_the_order_with_the_orders(counter: Counter) -> None:
    terms = payment_terms(ORDER_ID, token="tok_order")
    keep(counter, KEY, asked(ORDER_ID, "tok_request"))
    keep(counter, OTHER_KEY, asked("another", None))
    assert with_its_token(terms, KEY.id, counter).token == "tok_request"
    assert with_its_token(terms, THE_ORDER, counter).token == "tok_order"
    keep(counter, KEY, asked(ORDER_ID, None))
    assert with_its_token(terms, KEY.id, counter).token == "tok_order"
    keep(counter, NO_REQUEST)
    for unknown in ("nobody", OTHER_KEY.id, NO_REQUEST.id):
        with pytest.raises(PaymentRequestUnknownError):
            with_its_token(terms, unknown, counter)


def test_a_payment_method_never_shows_in_what_might_be_logged(counter: Counter) -> None:
    counter.pay(token="tok_secret")
    record = counter.records.kept[KEY.id]
    assert "tok_secret" not in repr(record) + repr(request_of(record)) + repr(asked(ORDER_ID, "tok_secret"))


def test_a_repeat_after_a_refund_gets_the_first_answer_byte_for_byte(counter: Counter) -> None:
    first = counter.pay()
    counter.world.refund()
    assert counter.world.payments.payments[PAYMENT_ID].status is PaymentStatus.REFUNDED
    again = counter.pay()
    assert (again.answer, again.replayed) == (first.answer, True)


def test_a_repeat_while_the_first_waits_is_told_to_wait_and_starts_nothing(counter: Counter) -> None:
    refused: list[int] = []

    def repeat_meanwhile(start: PaymentStart) -> None:
        with pytest.raises(RequestInProgressError) as told:
            counter.pay()
        refused.append(told.value.http_status)
        counter.run(start)

    counter.runs = repeat_meanwhile
    assert counter.pay().status is PaymentStatus.CAPTURED
    assert refused == [409]
    assert len(counter.started) == 1


def test_who_died_while_paying_is_followed_by_a_repeat_that_charges_nothing_twice() -> None:
    worlds: list[Counter] = []

    def run(trap: Trap) -> None:
        worlds.append(Counter())
        worlds[-1].trap = trap
        worlds[-1].pay(token="tok_1")

    seen = 0
    for trap in every_trap(raising(ProcessDied), run, ProcessDied):
        # Given a client that repeats, and is told to wait as long as the dead one's lease holds
        counter = worlds[-1]
        counter.trap = Trap(lambda: None)
        waits = 0
        while True:
            try:
                answer = counter.pay(token="tok_1")
                break
            except RequestInProgressError:
                counter.world.clock.advance(seconds=1)
                waits += 1
        # Then
        assert answer.answer.status == 200, trap
        assert counter.world.provider.balance == 1999
        assert waits <= LEASE.total_seconds() + 1
        assert counter.pay() == replace(answer, replayed=True)
        seen += 1
    assert seen >= 8


def test_a_slow_first_whose_lease_was_taken_over_gives_the_others_answer(counter: Counter) -> None:
    answers: list[Paid] = []

    def overtaken(start: PaymentStart) -> None:
        counter.world.clock.advance(minutes=1)
        counter.runs = None
        counter.run(start)
        answers.append(counter.pay())

    counter.runs = overtaken
    answers.append(counter.pay())
    assert answers[1] == replace(answers[0], replayed=True)
    assert counter.world.provider.balance == 1999


@pytest.mark.parametrize("error", [PaymentNotStartedError(), ZeroDivisionError()])
def test_a_failure_leaves_the_key_free_for_the_repeat_at_once(counter: Counter, error: Exception) -> None:
    def fail(_start: PaymentStart) -> None:
        counter.started.clear()
        raise error

    counter.runs = fail
    with pytest.raises(type(error)):
        counter.pay()
    counter.runs = None
    assert counter.pay().answer.status == 200


def keep(counter: Counter, once: Once, *points: Point) -> None:
    """Put a key on record, as its request left it."""
    counter.records.kept[once.id] = Record(once, "holder", 1, 0, points=points)
