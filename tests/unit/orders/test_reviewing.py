"""A person decides: who may, what is written first, what is told, and that dying anywhere loses nothing."""

import dataclasses

import pytest

from orderflow.orders.errors import (
    IllegalActionError,
    OrderChangedElsewhereError,
    OrderNotFoundError,
    ReviewNoticeUnavailableError,
)
from orderflow.orders.review_wait import Verdict
from orderflow.orders.status import OrderStatus
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import ForbiddenError
from orderflow.runtime.idempotency.errors import IdempotencyConflictError
from orderflow.runtime.idempotency.once import Once, once
from tests.support.crashes import ProcessDied, Trap, every_trap, raising
from tests.support.frozen import START
from tests.support.orders import ADMIN, CUSTOMER
from tests.support.reviews import (
    EXECUTION,
    NEXT_TOKEN,
    ORDER_ID,
    TIME_TO_DECIDE,
    TOKEN,
    InMemoryWaits,
    ReviewDesk,
    decision,
)

DEADLINE = iso(START + TIME_TO_DECIDE)
ENDINGS = {Verdict.APPROVED: "go on", Verdict.REJECTED: "ReviewRejectedError"}
every_verdict = pytest.mark.parametrize("verdict", ENDINGS)


@pytest.fixture
def desk() -> ReviewDesk:
    """Give a desk with an order in review."""
    desk = ReviewDesk()
    desk.request()
    return desk


def key(name: str = "key-1", body: str = "approve") -> Once:
    return once(ADMIN.user_id, "POST /orders/…/review", name, {"decision": body})


def test_an_order_is_held_and_the_shops_people_are_asked() -> None:
    desk = ReviewDesk()
    assert desk.request() == DEADLINE
    assert desk.row.order.status is OrderStatus.REVIEW
    assert desk.notices.asked == {ORDER_ID: DEADLINE}


def test_a_step_that_is_repeated_holds_the_order_once_and_takes_the_new_token_with_the_first_deadline() -> None:
    # Given the notice could not be sent
    desk = ReviewDesk()
    desk.notices.down = True
    with pytest.raises(ReviewNoticeUnavailableError):
        desk.request()
    # When Step Functions tries again an hour later, with another token
    desk.notices.down = False
    desk.clock.advance(hours=1)
    assert desk.request(NEXT_TOKEN) == DEADLINE
    # Then
    assert (desk.row.token, desk.notices.asked) == (NEXT_TOKEN, {ORDER_ID: DEADLINE})
    assert [entry.status for entry in desk.row.order.history].count(OrderStatus.REVIEW) == 1


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - {OrderStatus.PROCESSING, OrderStatus.REVIEW}))
def test_an_order_that_left_its_workflow_is_not_held_and_nobody_is_asked(status: OrderStatus) -> None:
    desk = ReviewDesk()
    desk.row.order = dataclasses.replace(desk.row.order, status=status)
    with pytest.raises(OrderChangedElsewhereError):
        desk.request()
    assert (desk.row.token, desk.notices.asked) == (None, {})


def test_an_order_of_another_execution_is_not_held() -> None:
    desk = ReviewDesk()
    with pytest.raises(OrderChangedElsewhereError):
        desk.request(execution=f"{EXECUTION}-repair-1")
    assert desk.notices.asked == {}


@every_verdict
def test_a_decision_is_written_and_the_workflow_told_once(desk: ReviewDesk, verdict: Verdict) -> None:
    assert desk.review(decision(verdict)) is False
    assert (desk.row.order.status, desk.row.verdict) == (OrderStatus.PROCESSING, verdict)
    assert desk.waits.heard == [(TOKEN, ENDINGS[verdict])]
    assert desk.row.token is None


@every_verdict
def test_a_decision_stands_when_the_workflow_cannot_be_told_and_the_sweeper_tells_it(
    desk: ReviewDesk, verdict: Verdict
) -> None:
    desk.waits.down = True
    assert desk.review(decision(verdict)) is False
    assert (desk.row.verdict, desk.row.token, desk.waits.heard) == (verdict, TOKEN, [])
    desk.waits.down = False
    desk.tend()
    desk.tend()
    assert desk.waits.heard == [(TOKEN, ENDINGS[verdict])]


def test_customers_decide_about_nothing_not_even_their_own_order(desk: ReviewDesk) -> None:
    with pytest.raises(ForbiddenError):
        desk.review(caller=CUSTOMER)
    assert (desk.row.order.status, desk.waits.heard) == (OrderStatus.REVIEW, [])


def test_an_order_that_is_not_there_is_not_found(desk: ReviewDesk) -> None:
    with pytest.raises(OrderNotFoundError):
        desk.review(dataclasses.replace(decision(), order_id="01JFR0ZEN00000000000000009"))


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - {OrderStatus.REVIEW}))
def test_an_order_that_is_not_in_review_is_refused_with_the_legal_actions(
    desk: ReviewDesk, status: OrderStatus
) -> None:
    desk.row.order = dataclasses.replace(desk.row.order, status=status)
    with pytest.raises(IllegalActionError) as refusal:
        desk.review(decision(Verdict.REJECTED))
    assert refusal.value.http_status == 409
    assert refusal.value.details[0] == {"field": "status", "issue": f"is {status.value}"}
    assert "reject" in refusal.value.message
    assert (desk.row.verdict, desk.waits.heard) == (None, [])


def test_the_second_administrator_is_refused_and_the_first_ones_decision_stands(desk: ReviewDesk) -> None:
    desk.review(decision(Verdict.REJECTED))
    with pytest.raises(IllegalActionError):
        desk.review(decision(Verdict.APPROVED))
    assert desk.row.verdict is Verdict.REJECTED


def test_one_who_decides_between_the_read_and_the_write_of_another_wins() -> None:
    # Given a rejection that lands just before the approval is written
    desk = ReviewDesk()
    desk.request()
    desk.trap = Trap(lambda: desk.row.decide(decision(Verdict.REJECTED), START), at=1)
    # When / Then
    with pytest.raises(IllegalActionError):
        desk.review(decision(Verdict.APPROVED))
    assert desk.trap.sprung
    assert desk.row.verdict is Verdict.REJECTED


def test_the_same_request_again_is_answered_as_the_first_time(desk: ReviewDesk) -> None:
    assert desk.review(decision(once=key())) is False
    assert desk.review(decision(once=key())) is True
    assert desk.waits.heard == [(TOKEN, "go on")]


def test_another_body_under_the_same_key_is_refused_and_another_key_is_a_second_decision(desk: ReviewDesk) -> None:
    desk.review(decision(once=key()))
    with pytest.raises(IdempotencyConflictError):
        desk.review(decision(once=key(body="reject")))
    with pytest.raises(IllegalActionError):
        desk.review(decision(once=key("key-2")))


def test_the_wait_is_kept_up_until_the_deadline_and_ended_at_it(desk: ReviewDesk) -> None:
    desk.clock.advance(hours=23, minutes=59)
    desk.tend()
    assert desk.waits.heard == [(TOKEN, "keep")]
    desk.clock.advance(minutes=1)
    desk.tend()
    assert desk.waits.heard[1:] == [(TOKEN, "ReviewExpiredError")]


@pytest.mark.parametrize("status", [OrderStatus.CANCELLED, OrderStatus.FAILED])
def test_a_workflow_whose_order_was_taken_away_is_told_to_give_up(desk: ReviewDesk, status: OrderStatus) -> None:
    desk.row.move(status, START, "customer")
    desk.tend()
    assert desk.waits.heard == [(TOKEN, "OrderChangedElsewhereError")]


def test_an_approved_order_that_was_cancelled_before_its_workflow_heard_of_it_is_not_charged(desk: ReviewDesk) -> None:
    desk.row.decide(decision(), START)
    desk.row.move(OrderStatus.CANCELLED, START, "customer")
    desk.tend()
    assert desk.waits.heard == [(TOKEN, "OrderChangedElsewhereError")]


def test_nobody_is_told_anything_about_an_order_for_which_nobody_waits() -> None:
    desk = ReviewDesk()
    desk.tend()
    assert desk.waits == InMemoryWaits()


@every_verdict
def test_dying_before_or_after_any_call_leaves_a_review_that_the_client_or_the_sweeper_completes(
    verdict: Verdict,
) -> None:
    # Given a request that dies at each of its calls
    worlds: list[ReviewDesk] = []

    def run(trap: Trap) -> None:
        worlds.append(ReviewDesk())
        worlds[-1].request()
        worlds[-1].trap = trap
        worlds[-1].review(decision(verdict, once=key()))

    deaths = 0
    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        deaths += 1
        desk = worlds[-1]
        desk.trap = None
        # When the sweeper looks
        decided = desk.row.verdict is not None
        desk.tend()
        # Then what was decided is told once, and what was not can still be decided
        ends = [word for _, word in desk.waits.heard if word != "keep"]
        assert ends == ([ENDINGS[verdict]] if decided else [])
        assert desk.row.token == (None if decided else TOKEN)
        # And the client's repetition gets its answer in both cases
        assert desk.review(decision(verdict, once=key())) is decided
        assert [word for _, word in desk.waits.heard if word != "keep"] == [ENDINGS[verdict]]
    assert deaths >= 10


def test_a_step_that_dies_at_any_call_and_is_repeated_holds_the_order_once_and_waits_by_its_last_token() -> None:
    worlds: list[ReviewDesk] = []

    def run(trap: Trap) -> None:
        worlds.append(ReviewDesk(trap=trap))
        worlds[-1].request()

    deaths = 0
    for _ in every_trap(raising(ProcessDied), run, ProcessDied):
        deaths += 1
        desk = worlds[-1]
        desk.trap = None
        assert desk.request(NEXT_TOKEN) == DEADLINE
        assert (desk.row.order.version, desk.row.token, desk.notices.asked) == (2, NEXT_TOKEN, {ORDER_ID: DEADLINE})
    assert deaths >= 4
