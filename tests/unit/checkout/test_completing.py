"""Completing a session makes one order of it, whatever comes in between, and the session says what became of it."""

import json
from typing import Any

import pytest

from orderflow.checkout.completing import Completed, Completer
from orderflow.checkout.errors import CompletionInProgressError, SessionClosedError, SessionNotFoundError
from orderflow.checkout.events import Change, EventType, fold
from orderflow.checkout.protocol import wire_error
from orderflow.checkout.session import SessionStatus
from orderflow.checkout.vault.errors import AuthenticationResultMissingError
from orderflow.checkout.view import Shop, session_json
from orderflow.orders.status import OrderStatus
from orderflow.runtime.idempotency.errors import IdempotencyConflictError, RequestInProgressError
from tests.support.acp import CURRENT, faults, published
from tests.support.checkout import ADDRESS, paid_by
from tests.support.completing import SHOP, World, ended, priced
from tests.support.frozen import START
from tests.support.sessions import CLIENT, SESSION, ledger

MISSING = {"type": "error", "code": "missing", "param": "$.x", "content_type": "plain", "content": "Send it."}


@pytest.fixture
def world() -> World:
    return World()


def told(completed: Completed) -> dict[str, Any]:
    """Return status, order and codes of the messages of an answer."""
    assert completed.answer.status == 200
    answer: dict[str, Any] = json.loads(completed.answer.body)
    return answer


def kinds(world: World) -> list[EventType]:
    return [event.type for event, _ in world.sessions.history(SESSION)]


def test_a_completed_session_has_its_order_and_the_order_the_sessions_price_and_owner(world: World) -> None:
    world.begin()
    answer = told(world.complete(order_notes="Ring twice."))
    # Then the session is completed with the order
    (placement,) = world.placed
    order = placement.new.order
    assert (answer["status"], answer["order"]["id"], answer["messages"]) == ("completed", order.order_id, [])
    assert answer["order"]["confirmation"]["order_notes"] == "Ring twice."
    # And the order came to what the session showed, is the client's, and leads back to the session
    assert (order.total, order.shipping, order.currency) == (4250, 500, "EUR")
    assert (order.user_id, order.checkout_session_id) == (f"client-{CLIENT}", SESSION)
    assert order.shipping_address.street == "Jane Doe, Unter den Linden 1, c/o Roe"
    assert (order.shipping_address.city, order.shipping_address.zip_code) == ("Berlin, BE", ADDRESS["postal_code"])
    assert (placement.new.payment_token, placement.new.correlation_id) == ("sandbox_approve", "correlation-1")
    # And everything is in the events
    assert kinds(world) == [EventType.CREATED, EventType.UPDATED, EventType.COMPLETED]
    assert fold(event for event, _ in world.sessions.history(SESSION)) == world.session
    assert world.queued == [order.order_id]


def test_no_event_keeps_how_it_was_paid(world: World) -> None:
    world.begin()
    world.complete(buyer={"email": "other@example.com"}, risk_signals={"ip_address": "192.0.2.1"})
    assert set(world.session.asked) == {"buyer", "fulfillment_details"}
    assert world.session.asked["buyer"] == {"email": "other@example.com"}
    assert "vt_1" not in repr(world.sessions.kept)
    assert "sandbox_approve" not in repr(world.sessions.kept) + repr(world.placed)


def test_a_repeat_gets_the_first_answer_byte_for_byte_and_no_second_order(world: World) -> None:
    world.begin()
    first = world.complete()
    again = world.complete()
    assert (again.answer.body, again.replayed, len(world.placed)) == (first.answer.body, True, 1)


def test_the_same_key_with_another_body_is_a_conflict(world: World) -> None:
    world.begin()
    world.complete()
    with pytest.raises(IdempotencyConflictError):
        world.complete(order_notes="another")


def test_of_two_requests_that_both_found_the_session_open_one_places_the_order(world: World) -> None:
    # Given a request that is overtaken between its look at the session and its write
    world.begin()
    world.before_placing = lambda: world.complete("key-2", patience=0)
    # Then it is told that the other one is at work
    with pytest.raises(CompletionInProgressError):
        world.complete("key-1")
    assert len(world.placed) == 1


def test_a_repeat_while_the_first_is_at_work_is_told_so(world: World) -> None:
    world.begin()

    def repeat() -> None:
        with pytest.raises(RequestInProgressError):
            world.complete("key-1")

    world.before_placing = repeat
    world.complete("key-1")
    assert len(world.placed) == 1


def test_when_the_time_is_up_the_session_is_in_progress_and_the_repeat_looks_again(world: World) -> None:
    world.begin()
    world.outcome = None
    # Given an order whose outcome takes longer than the answer may
    late = world.complete(patience=5)
    assert (told(late)["status"], late.replayed) == ("complete_in_progress", False)
    assert world.clock.now.timestamp() - START.timestamp() <= 5
    # When it is confirmed, the repeat of the same request says so, without another order
    world.outcome = (OrderStatus.CONFIRMED, None)
    assert told(world.complete())["status"] == "completed"
    assert len(world.placed) == 1


def test_who_takes_over_from_the_dead_queues_the_order_that_was_placed(world: World) -> None:
    # Given a request that died after its transaction, before it queued the order
    world.begin()
    with pytest.MonkeyPatch.context() as patched:

        def die(*_: Any) -> None:
            raise KeyboardInterrupt

        patched.setattr(Completer, "_awaited", die)
        with pytest.raises(KeyboardInterrupt):
            world.complete("key-1")
    assert world.queued == []
    with pytest.raises(RequestInProgressError):
        world.complete("key-1")
    # When its lease is over
    world.clock.advance(seconds=36)
    answer = told(world.complete("key-1"))
    # Then the repeat goes on with the same order
    assert answer["order"]["id"] == world.placed[0].new.order.order_id
    assert (len(world.placed), world.queued) == (1, [world.placed[0].new.order.order_id])


def test_an_order_that_cannot_be_queued_is_left_to_the_sweeper_and_nobody_waits(world: World) -> None:
    world.begin()
    world.queue_is_down = True
    assert told(world.complete())["status"] == "complete_in_progress"
    assert world.clock.now == START


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ((OrderStatus.PAYMENT_FAILED, "PAYMENT_DECLINED"), "payment_declined"),
        ((OrderStatus.REJECTED, "OUT_OF_STOCK"), "out_of_stock"),
        ((OrderStatus.REJECTED, "UNKNOWN_PRODUCT"), "not_found"),
        ((OrderStatus.REJECTED, "REVIEW_REJECTED"), "conflict"),
        ((OrderStatus.FAILED, "TECHNICAL_FAILURE"), "conflict"),
    ],
)
def test_an_order_that_came_to_nothing_opens_the_session_again_and_gives_its_codes_back(
    world: World, outcome: tuple[OrderStatus, str], code: str
) -> None:
    world.offer = priced(codes=("SPRING",))
    world.begin()
    world.outcome = outcome
    answer = told(world.complete())
    assert (answer["status"], answer["order"], answer["messages"]) == ("ready_for_payment", None, [code])
    assert (world.session.order_id, world.returned) == (None, ["SPRING"])
    # And another token buys it
    world.grant("vt_2")
    world.outcome = (OrderStatus.CONFIRMED, None)
    again = told(world.complete("key-2", payment_data=paid_by("vt_2")))
    assert (again["status"], again["messages"], len(world.placed)) == ("completed", [], 2)


def test_words_of_the_shops_people_do_not_reach_the_agent(world: World) -> None:
    world.begin()
    world.outcome = (OrderStatus.REJECTED, "REVIEW_REJECTED")
    world.complete()
    assert "because of" not in world.session.notices[0]["content"]


def test_a_charge_that_could_not_be_given_back_keeps_the_session_from_being_paid_twice(world: World) -> None:
    world.begin()
    world.outcome = (OrderStatus.FAILED, "COMPENSATION_INCOMPLETE")
    answer = told(world.complete())
    assert (answer["status"], answer["order"]["status"]) == ("completed", "manual_review")


def test_a_price_that_changed_is_shown_before_it_is_charged(world: World) -> None:
    # Given a session whose mug became dearer
    world.begin()
    world.offer = priced(1300)
    answer = told(world.complete())
    # Then no order is placed, the agent sees the new price and why, and its next try accepts it
    assert (answer["status"], answer["messages"], world.placed) == ("ready_for_payment", ["price_change"], [])
    assert world.session.offer.total == 4400
    assert told(world.complete("key-2"))["status"] == "completed"
    assert world.placed[0].new.order.total == 4400


def test_what_is_missing_is_a_message_and_no_order(world: World) -> None:
    world.offer = priced(messages=(MISSING,))
    world.begin()
    answer = told(world.complete())
    assert (answer["status"], answer["messages"]) == ("not_ready_for_payment", ["missing"])
    assert (world.placed, world.tokens["vt_1"].used_for) == ([], None)


def test_somebody_has_to_be_the_buyer(world: World) -> None:
    world.begin(buyer=None)
    answer = told(world.complete())
    assert (answer["messages"], world.placed) == (["missing"], [])
    assert world.session.notices[0]["param"] == "$.buyer"
    assert told(world.complete("key-2", buyer={"email": "a@example.com"}))["status"] == "completed"


@pytest.mark.parametrize(
    "wrong", [{"name": "J" * 200}, {"city": "B" * 101}, {"postal_code": "1" * 17}, {"postal_code": "*"}]
)
def test_an_address_that_no_order_can_have_is_said_so(world: World, wrong: dict[str, str]) -> None:
    world.begin(fulfillment_details={"address": {**ADDRESS, **wrong}})
    assert told(world.complete())["messages"] == ["invalid"]
    assert (world.placed, world.session.notices[0]["param"]) == ([], "$.fulfillment_details.address")


def test_an_address_is_written_as_orders_have_it(world: World) -> None:
    world.begin(fulfillment_details={"address": {**ADDRESS, "country": " de", "line_one": "Am\tMarkt\n1"}})
    world.complete()
    address = world.placed[0].new.order.shipping_address
    assert (address.street, address.country) == ("Jane Doe, Am Markt 1", "DE")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ({"max_amount": 4249}, "maximum_exceeded"),
        ({"currency": "usd"}, "invalid"),
        ({"session_id": "cs_2"}, "invalid"),
        ({"client_id": "another"}, "invalid"),
        ({"expires_at": START}, "expired"),
        ({"used_for": "another-order"}, "conflict"),
    ],
)
def test_a_token_pays_only_what_it_was_allowed_for(world: World, token: dict[str, Any], code: str) -> None:
    world.begin()
    world.grant(**token)
    answer = told(world.complete())
    assert (answer["status"], answer["messages"], world.placed) == ("ready_for_payment", [code], [])


@pytest.mark.parametrize("token_id", ["", "v" * 256, "vt_ü", "vt_unknown"])
def test_what_can_be_no_token_of_ours_is_not_even_looked_up(world: World, token_id: str) -> None:
    world.begin()
    world.tokens = {name: found for name in ("", "v" * 256, "vt_ü") for found in world.tokens.values()}
    assert told(world.complete(payment_data=paid_by(token_id)))["messages"] == ["invalid"]
    assert world.placed == []


def test_a_token_that_another_order_took_in_between_places_nothing(world: World) -> None:
    world.begin()
    world.before_placing = lambda: world.grant(used_for="another-order")
    assert told(world.complete())["messages"] == ["conflict"]
    assert world.placed == []


@pytest.mark.parametrize(
    "payment", [{"purchase_order_number": "PO-1"}, {**paid_by("vt_1"), "handler_id": "wallet"}, {"handler_id": "card"}]
)
def test_another_way_to_pay_is_said_to_be_unsupported(world: World, payment: dict[str, Any]) -> None:
    world.begin()
    assert told(world.complete(payment_data=payment))["messages"] == ["unsupported"]
    assert world.placed == []


def test_a_card_that_wants_its_holder_authenticated_is_charged_after_that_only(world: World) -> None:
    world.begin()
    world.grant(challenge=True)
    answer = told(world.complete())
    assert (answer["status"], answer["messages"]) == ("authentication_required", ["requires_3ds"])
    # When the authentication fails, and when it holds
    denied = told(world.complete("key-2", authentication_result={"outcome": "denied"}))
    assert (denied["status"], world.placed) == ("authentication_required", [])
    passed = told(world.complete("key-3", authentication_result={"outcome": "authenticated"}))
    assert (passed["status"], passed["messages"]) == ("completed", [])


def test_a_session_that_waits_for_an_authentication_refuses_to_be_completed_without_one(world: World) -> None:
    """rfc.agentic_checkout, 9.7: 4xx requires_3ds; another payment that needs none is taken."""
    world.begin()
    world.grant(challenge=True)
    world.complete("key-1")
    before = world.session
    with pytest.raises(AuthenticationResultMissingError) as refused:
        world.complete("key-2")
    assert wire_error(refused.value) == {
        "type": "invalid_request", "code": "requires_3ds", "message": refused.value.message,
        "param": "$.authentication_result",
    }  # fmt: skip
    assert (world.session, world.placed) == (before, [])
    world.grant("vt_2")
    assert told(world.complete("key-3", payment_data=paid_by("vt_2")))["status"] == "completed"


def test_a_session_that_waits_for_the_authentication_expires_like_any_open_one(world: World) -> None:
    world.begin()
    world.grant(challenge=True)
    world.complete()
    world.clock.advance(hours=1)
    assert world.session.seen_at(world.clock()).status is SessionStatus.EXPIRED


def test_what_is_completed_canceled_or_expired_makes_no_order(world: World) -> None:
    world.begin()
    world.clock.advance(hours=1)
    with pytest.raises(SessionClosedError):
        world.complete()
    world.clock.now = START
    desk = ledger(world.sessions)
    world.sessions.append(*desk.next(world.session, EventType.CANCELLED, Change()))
    with pytest.raises(SessionClosedError):
        world.complete("key-2")
    assert world.placed == []


def test_a_refused_request_leaves_its_key_to_its_repeat(world: World) -> None:
    with pytest.raises(SessionNotFoundError):
        world.complete()
    world.begin()
    assert told(world.complete())["status"] == "completed"


def test_without_a_key_a_second_completion_is_refused_and_nothing_is_kept(world: World) -> None:
    world.begin()
    assert told(world.complete(None))["status"] == "completed"
    with pytest.raises(SessionClosedError):
        world.complete(None)
    assert (len(world.placed), world.sessions.records.kept) == (1, {})


def test_who_waited_answers_what_somebody_faster_wrote(world: World) -> None:
    # Given a follower that sees the confirmation before the request does
    world.begin()
    world.outcome = None
    world.complete()
    order_id = world.placed[0].new.order.order_id
    world.orders[order_id] = ended(world.orders[order_id], OrderStatus.CONFIRMED)
    world.follower().follow(SESSION, order_id, lambda _: None)
    # When the request is repeated
    answer = world.complete()
    # Then it gets the same order, and the session no further event
    assert told(answer)["order"]["id"] == order_id
    assert kinds(world)[-1] is EventType.COMPLETED
    assert world.session.version == 3
    assert world.complete().replayed


@published
def test_a_session_that_waits_for_an_authentication_says_what_that_takes(world: World) -> None:
    world.begin()
    world.grant(challenge=True)
    world.complete()
    shown = session_json(world.session, Shop(SHOP, "sandbox", "orderflow-test"), world.clock())
    assert shown["authentication_metadata"]["directory_server"] == "visa"
    assert faults(shown["authentication_metadata"], "AuthenticationMetadata", CURRENT) == []
