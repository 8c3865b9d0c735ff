"""Who gave feedback, and in what words, can be forgotten; the stars go on counting."""

import pytest

from orderflow.feedback.erasing import NOBODY, erase_giver, of_giver
from orderflow.feedback.errors import FeedbackBusyError, FeedbackNotFoundError
from orderflow.feedback.feedback import Feedback
from orderflow.feedback.recording import FeedbackMovedError
from orderflow.orders.status import OrderStatus
from tests.support.feedback import ORDER_ID, FeedbackWorld

OTHER = "01JFR0ZEN00000000000000002"


@pytest.fixture
def given(world: FeedbackWorld) -> Feedback:
    """Give feedback of 4 on an order of A."""
    world.product("A")
    world.order("A")
    return world.give(4, comment="Ada from Elm Street", category="Lovelace")


def erase(world: FeedbackWorld, given: Feedback) -> None:
    erase_giver(given.feedback_id, store=world.store, clock=world.clock)


def test_the_words_and_who_wrote_them_are_gone_and_the_stars_are_not(world: FeedbackWorld, given: Feedback) -> None:
    erase(world, given)
    left = world.store.find(given.feedback_id)
    assert (left.user_id, left.comment, left.category) == (NOBODY, "", None)
    assert (left.rating, left.created_at, left.version) == (4, given.created_at, given.version)
    assert world.rating("A") == (4, 1)
    assert world.listed("A") == [given.feedback_id]


def test_feedback_is_found_by_the_orders_that_it_is_on_until_it_tells_nothing(
    world: FeedbackWorld, given: Feedback
) -> None:
    assert of_giver([ORDER_ID, OTHER], world.store) == [given.feedback_id]
    erase(world, given)
    assert of_giver([ORDER_ID, OTHER], world.store) == []


def test_nobody_changes_it_afterwards(world: FeedbackWorld, given: Feedback) -> None:
    erase(world, given)
    with pytest.raises(FeedbackNotFoundError):
        world.edit(given, rating=1)


def test_it_goes_on_following_its_order(world: FeedbackWorld, given: Feedback) -> None:
    erase(world, given)
    world.moves(OrderStatus.CANCELLED)
    world.settle()
    assert world.rating("A") == (0, 0)
    assert world.store.find(given.feedback_id).user_id == NOBODY


def test_what_was_removed_or_never_given_needs_no_erasing(world: FeedbackWorld, given: Feedback) -> None:
    world.remove(given)
    erase(world, given)
    assert world.store.find(given.feedback_id) is None
    assert of_giver([ORDER_ID, OTHER], world.store) == []


def test_a_change_at_the_same_moment_does_not_bring_the_words_back(
    world: FeedbackWorld, given: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, met = world.store.write, [FeedbackMovedError]

    def contended(*facts: object) -> object:
        if met:
            raise met.pop()
        return write(*facts)

    monkeypatch.setattr(world.store, "write", contended)
    erase(world, given)
    assert world.store.find(given.feedback_id).comment == ""


def test_feedback_that_never_stands_still_is_not_said_to_be_forgotten(
    world: FeedbackWorld, given: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    def contended(*_: object) -> None:
        raise FeedbackMovedError

    monkeypatch.setattr(world.store, "write", contended)
    with pytest.raises(FeedbackBusyError):
        erase(world, given)
