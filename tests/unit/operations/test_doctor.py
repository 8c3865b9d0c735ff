"""The doctor: a sound shop is clean, each broken invariant is named, and a shop at work is not slandered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from orderflow.catalog.audit import check_stock
from orderflow.catalog.stock import Reservation, ReservationStatus, Stock, StockLine
from orderflow.feedback.audit import FeedbackRow
from orderflow.operations.doctor import Doctor
from orderflow.orders.order import HistoryEntry
from orderflow.orders.status import OrderStatus
from orderflow.payments.payment import PaymentStatus
from tests.support.desk import (
    AT,
    ORDER_ID,
    ExecutionsInMemory,
    FeedbackPages,
    InMemoryAudits,
    OrderPages,
    PaymentPages,
    RatingPages,
    StockPages,
    ended,
    record_of,
)
from tests.support.frozen import FrozenClock

OTHER = "01JFR0ZEN00000000000000002"
Break = Callable[[InMemoryAudits], None]


def doctor(audits: InMemoryAudits, clock: FrozenClock) -> Doctor:
    return Doctor(
        OrderPages(audits),
        StockPages(audits),
        PaymentPages(audits),
        ExecutionsInMemory(audits),
        clock,
        timedelta(minutes=15),
        RatingPages(audits),
        FeedbackPages(audits),
    )


@pytest.fixture
def audits() -> InMemoryAudits:
    audits = InMemoryAudits()
    audits.confirmed(ORDER_ID)
    audits.confirmed(OTHER)
    audits.judged("fbk_1", 4)
    audits.judged("fbk_2", 1)
    return audits


def test_a_sound_shop_is_clean_and_everything_was_looked_at(audits: InMemoryAudits, clock: FrozenClock) -> None:
    physician = doctor(audits, clock)
    assert list(physician.examine()) == []
    assert physician.examined == {"orders": 2, "payments": 2, "reservations": 2, "feedback rows": 2}


def test_an_order_that_was_paid_in_two_attempts_is_sound(audits: InMemoryAudits, clock: FrozenClock) -> None:
    # Given an order whose first attempt failed, and whose second is captured
    captured = audits.payments[ORDER_ID]
    audits.payments["an earlier attempt"] = replace(captured, payment_id="earlier", status=PaymentStatus.FAILED)
    # When / Then
    physician = doctor(audits, clock)
    assert list(physician.examine()) == []
    assert physician.examined["payments"] == 3


def _stock(**changes: int) -> Break:
    return lambda audits: audits.stocks.update(ITEM001=replace(audits.stocks["ITEM001"], **changes))


def _payment(**changes: object) -> Break:
    return lambda audits: audits.payments.update({ORDER_ID: replace(audits.payments[ORDER_ID], **changes)})


def _record(**changes: object) -> Break:
    return lambda audits: audits.records.update({ORDER_ID: replace(audits.records[ORDER_ID], **changes)})


def _ends(status: OrderStatus, **fields: object) -> Break:
    return lambda audits: audits.records.update({ORDER_ID: record_of(ended(status, **fields))})


def _release(audits: InMemoryAudits) -> None:
    """Close the first order's reservation in both tables."""
    audits.reservations[ORDER_ID] = replace(audits.reservations[ORDER_ID], status=ReservationStatus.RELEASED)
    audits.stocks["ITEM001"] = replace(audits.stocks["ITEM001"], available=8, reserved=2)


def _hold_less(audits: InMemoryAudits) -> None:
    """Hold one unit fewer than the first order bought, in both tables."""
    audits.reservations[ORDER_ID] = replace(audits.reservations[ORDER_ID], lines=(StockLine("ITEM001", 1),))
    audits.stocks["ITEM001"] = replace(audits.stocks["ITEM001"], available=7, reserved=3)


def _all(*breaks: Break) -> Break:
    return lambda audits: [each(audits) for each in breaks] and None


def _orphan_reservation(audits: InMemoryAudits) -> None:
    del audits.records[ORDER_ID], audits.payments[ORDER_ID]


def _orphan_payment(audits: InMemoryAudits) -> None:
    _release(audits)
    del audits.records[ORDER_ID]


def _claimed_twice(audits: InMemoryAudits) -> None:
    pending, processing, confirmed = audits.records[ORDER_ID].order.history
    history = (pending, processing, HistoryEntry(OrderStatus.PENDING, AT, "?"), processing, confirmed)
    audits.records[ORDER_ID] = record_of(replace(audits.records[ORDER_ID].order, history=history))


CASES: dict[str, tuple[Break, str, str]] = {
    "more reserved than held": (_stock(reserved=5), "reserved-is-what-orders-hold", "product ITEM001"),
    "fewer reserved than held": (_stock(reserved=3), "reserved-is-what-orders-hold", "product ITEM001"),
    "a counter below zero": (_stock(available=-1), "stock-is-never-negative", "product ITEM001"),
    "no stock row for what is held": (
        lambda audits: audits.stocks.pop("ITEM001") and None,
        "reserved-is-what-orders-hold",
        "product ITEM001",
    ),
    "a confirmed order without payment": (
        lambda audits: audits.payments.pop(ORDER_ID) and None,
        "paid-orders-are-paid-exactly",
        f"order {ORDER_ID}",
    ),
    "a cent too much": (_payment(amount=3999), "paid-orders-are-paid-exactly", f"order {ORDER_ID}"),
    "another currency": (_payment(currency="USD"), "paid-orders-are-paid-exactly", f"order {ORDER_ID}"),
    "a refunded payment of a confirmed order": (
        _payment(status=PaymentStatus.REFUNDED),
        "paid-orders-are-paid-exactly",
        f"order {ORDER_ID}",
    ),
    "a confirmed order that holds nothing": (_release, "orders-hold-their-units", f"order {ORDER_ID}"),
    "a confirmed order that holds too little": (
        _hold_less,
        "orders-hold-their-units",
        f"order {ORDER_ID}",
    ),
    "a failed order that keeps the money": (
        _all(_ends(OrderStatus.FAILED), _release),
        "money-is-given-back",
        f"order {ORDER_ID}",
    ),
    **{
        f"a failed order whose charge is {status}": (
            _all(_ends(OrderStatus.FAILED), _release, _payment(status=status)),
            "money-is-given-back",
            f"order {ORDER_ID}",
        )
        for status in (PaymentStatus.AUTHORIZING, PaymentStatus.AUTHORIZED, PaymentStatus.VOIDING)
    },
    "a rejected order that keeps the stock": (
        _all(_ends(OrderStatus.REJECTED), _payment(status=PaymentStatus.VOIDED)),
        "stock-is-given-back",
        f"order {ORDER_ID}",
    ),
    "a rating that nobody gave": (
        lambda audits: audits.feedback.pop() and None,
        "ratings-are-what-feedback-says",
        "product ITEM001",
    ),
    "feedback that follows nothing": (
        lambda audits: audits.feedback.append(FeedbackRow("fbk_3", None, 4, "2026-01-01T03:04:05.678Z")),
        "feedback-follows-its-order",
        "feedback fbk_3",
    ),
    "a total beside its lines": (_record(total=1), "totals-are-what-the-lines-say", f"order {ORDER_ID}"),
    "a discount that no line has": (
        _ends(OrderStatus.CONFIRMED, discount=1, tax=1),
        "totals-are-what-the-lines-say",
        f"order {ORDER_ID}",
    ),
    "a line beside its price": (_record(line_totals=(1,)), "totals-are-what-the-lines-say", f"order {ORDER_ID}"),
    "an execution of another name": (
        _record(execution_arn="arn:aws:states:eu-central-1:123456789012:execution:order-processing:other"),
        "one-execution-moves-an-order",
        f"order {ORDER_ID}",
    ),
    "two claims": (_claimed_twice, "one-execution-moves-an-order", f"order {ORDER_ID}"),
    "units of no order": (_orphan_reservation, "stock-belongs-to-an-order", f"order {ORDER_ID}"),
    "money of no order": (_orphan_payment, "money-belongs-to-an-order", f"order {ORDER_ID}"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_broken_invariant_is_named_with_what_breaks_it(
    audits: InMemoryAudits, clock: FrozenClock, case: str
) -> None:
    broken, rule, subject = CASES[case]
    broken(audits)
    found = {(finding.rule, finding.subject) for finding in doctor(audits, clock).examine() if finding.certain}
    assert (rule, subject) in found
    assert not any(OTHER in each for _, each in found), "a sound order was named"


@pytest.mark.parametrize(("minutes", "named"), [(15, False), (16, True)])
@pytest.mark.parametrize("status", [OrderStatus.PENDING, OrderStatus.PROCESSING])
def test_an_order_may_be_on_its_way_for_the_given_time_and_no_longer(
    clock: FrozenClock, status: OrderStatus, minutes: int, named: bool
) -> None:
    audits = InMemoryAudits(running={ORDER_ID: "RUNNING"})
    audits.records[ORDER_ID] = record_of(ended(status))
    clock.advance(minutes=minutes)
    assert [finding.rule for finding in doctor(audits, clock).examine()] == ["orders-end-in-time"] * named


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", None])
@pytest.mark.parametrize("held", [OrderStatus.PROCESSING, OrderStatus.REVIEW])
def test_an_order_whose_execution_is_gone_is_named_at_once(
    clock: FrozenClock, status: str | None, held: OrderStatus
) -> None:
    audits = InMemoryAudits(running={ORDER_ID: status} if status else {})
    audits.records[ORDER_ID] = record_of(ended(held), review_deadline=AT)
    [finding] = doctor(audits, clock).examine()
    assert (finding.rule, finding.subject) == ("orders-end-in-time", f"order {ORDER_ID}")


@pytest.mark.parametrize(("minutes", "named"), [(15, False), (16, True)])
def test_an_order_may_be_in_review_until_its_deadline_and_a_while_to_end_it(
    clock: FrozenClock, minutes: int, named: bool
) -> None:
    audits = InMemoryAudits(running={ORDER_ID: "RUNNING"})
    audits.records[ORDER_ID] = record_of(ended(OrderStatus.REVIEW), review_deadline="2026-01-03T03:04:05.678Z")
    clock.advance(hours=24, minutes=minutes)
    assert [finding.rule for finding in doctor(audits, clock).examine()] == ["reviews-end-in-time"] * named


def test_an_order_in_review_without_a_deadline_is_named(clock: FrozenClock) -> None:
    audits = InMemoryAudits(running={ORDER_ID: "RUNNING"})
    audits.records[ORDER_ID] = record_of(ended(OrderStatus.REVIEW))
    assert [finding.rule for finding in doctor(audits, clock).examine()] == ["reviews-end-in-time"]


@pytest.mark.parametrize(("minutes", "named"), [(15, False), (16, True)])
def test_an_order_that_was_approved_has_its_time_from_then_on(clock: FrozenClock, minutes: int, named: bool) -> None:
    audits = InMemoryAudits(running={ORDER_ID: "RUNNING"})
    held = HistoryEntry(OrderStatus.REVIEW, AT, "workflow")
    decided = HistoryEntry(OrderStatus.PROCESSING, "2026-01-02T23:04:05.678Z", "admin", "REVIEW_APPROVED")
    order = ended(OrderStatus.PROCESSING)
    audits.records[ORDER_ID] = record_of(replace(order, history=(*order.history, held, decided)))
    clock.advance(hours=20, minutes=minutes)
    assert [finding.rule for finding in doctor(audits, clock).examine()] == ["orders-end-in-time"] * named


def test_an_order_that_a_repairing_execution_works_on_is_sound(clock: FrozenClock) -> None:
    name = f"{ORDER_ID}-repair-1"
    audits = InMemoryAudits(running={ORDER_ID: "FAILED", name: "RUNNING"})
    arn = f"arn:aws:states:eu-central-1:123456789012:execution:order-processing:{name}"
    audits.records[ORDER_ID] = record_of(ended(OrderStatus.PROCESSING), execution_arn=arn)
    assert list(doctor(audits, clock).examine()) == []


@pytest.mark.parametrize(("minutes", "named"), [(15, False), (16, True)])
def test_a_cancelled_order_has_its_time_to_give_everything_back(
    audits: InMemoryAudits, clock: FrozenClock, minutes: int, named: bool
) -> None:
    _ends(OrderStatus.CANCELLED)(audits)
    clock.advance(minutes=minutes)
    rules = {finding.rule for finding in doctor(audits, clock).examine()}
    assert rules == ({"money-is-given-back", "stock-is-given-back"} if named else set())


@pytest.mark.parametrize(("told", "minutes", "named"), [("INCOMPLETE", 0, True), (None, 15, False), (None, 16, True)])
def test_a_cancellation_that_is_not_finished_is_named_at_once_or_when_its_time_is_over(
    clock: FrozenClock, told: str | None, minutes: int, named: bool
) -> None:
    audits = InMemoryAudits()
    audits.records[ORDER_ID] = record_of(ended(OrderStatus.CANCELLED), cancellation=told)
    clock.advance(minutes=minutes)
    assert [each.rule for each in doctor(audits, clock).examine()] == ["cancellations-are-finished"] * named


def test_what_mends_itself_before_the_second_look_is_no_finding(audits: InMemoryAudits, clock: FrozenClock) -> None:
    # Given an order that the first page shows as FAILED before its refund was read
    sound = dict(audits.records)
    _ends(OrderStatus.FAILED)(audits)

    class Mending(OrderPages):
        def record(self, order_id: str):
            return sound[order_id]

    physician = doctor(audits, clock)
    physician.orders = Mending(audits)
    # When, Then
    assert list(physician.examine()) == []


def test_a_product_that_moves_during_every_look_is_unclear_and_not_broken(audits: InMemoryAudits) -> None:
    class Selling(StockPages):
        looks = 0

        def stock(self, product_id: str) -> Stock | None:
            self.looks += 1
            return Stock(10, 99, 0, f"moved {self.looks} times")

    _stock(reserved=99)(audits)
    [finding] = check_stock(Selling(audits))
    assert (finding.rule, finding.certain) == ("reserved-is-what-orders-hold", False)


def test_a_reservation_of_two_products_counts_for_both(audits: InMemoryAudits) -> None:
    lines = (StockLine("ITEM001", 1), StockLine("ITEM002", 3))
    audits.reservations["third"] = Reservation("third", lines, ReservationStatus.RESERVED)
    audits.stocks |= {"ITEM001": Stock(1, 5, 0, AT), "ITEM002": Stock(0, 3, 0, AT)}
    assert list(check_stock(StockPages(audits))) == []
