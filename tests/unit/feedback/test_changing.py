"""Feedback changes for a day, by who gave it; administrators remove, and change nobody's words."""

import pytest

from orderflow.feedback.errors import (
    FeedbackBusyError,
    FeedbackFinalError,
    FeedbackNotFoundError,
)
from orderflow.feedback.feedback import Feedback
from orderflow.feedback.recording import FeedbackMovedError
from orderflow.runtime.errors import StaleVersionError
from tests.support.feedback import FeedbackWorld
from tests.support.orders import ADMIN, STRANGER


@pytest.fixture
def given(world: FeedbackWorld) -> Feedback:
    """Give feedback of 4 on an order of A."""
    world.product("A")
    world.order("A")
    return world.give(4, comment="good", category="Quality")


def test_only_what_is_named_changes(world: FeedbackWorld, given: Feedback) -> None:
    world.clock.advance(minutes=5)
    edited = world.edit(given, category="Price")
    assert (edited.rating, edited.comment, edited.category) == (4, "good", "Price")
    assert (edited.created_at, edited.updated_at) == (given.created_at, "2026-01-02T03:09:05.678Z")


def test_feedback_changes_until_a_day_is_over_and_not_a_millisecond_longer(
    world: FeedbackWorld, given: Feedback
) -> None:
    world.clock.advance(days=1, milliseconds=-1)
    edited = world.edit(given, rating=5)
    world.clock.advance(milliseconds=1)
    for late in (lambda: world.edit(edited, rating=1), lambda: world.remove(edited)):
        with pytest.raises(FeedbackFinalError) as refusal:
            late()
        assert (refusal.value.http_status, refusal.value.code) == (409, "FEEDBACK_FINAL")
        assert "2026-01-03T03:04:05.678Z" in refusal.value.message
    assert world.rating("A") == (5, 1)


def test_an_edit_does_not_begin_another_day(world: FeedbackWorld, given: Feedback) -> None:
    world.clock.advance(hours=23)
    edited = world.edit(given, rating=5)
    world.clock.advance(hours=1)
    with pytest.raises(FeedbackFinalError):
        world.edit(edited, rating=1)


def test_who_gave_it_removes_it_within_the_day(world: FeedbackWorld, given: Feedback) -> None:
    world.remove(given)
    assert world.rating("A") == (0, 0)


def test_administrators_remove_at_any_time_and_change_nobodys_words(world: FeedbackWorld, given: Feedback) -> None:
    world.clock.advance(days=30)
    with pytest.raises(FeedbackNotFoundError):
        world.edit(given, ADMIN, rating=1)
    world.remove(given, ADMIN)
    assert world.rating("A") == (0, 0)


def test_feedback_of_another_is_unknown(world: FeedbackWorld, given: Feedback) -> None:
    for act in (lambda: world.edit(given, STRANGER, rating=1), lambda: world.remove(given, STRANGER)):
        with pytest.raises(FeedbackNotFoundError):
            act()
    assert world.rating("A") == (4, 1)


@pytest.mark.parametrize("feedback_id", ["", "fbk_", "fbk_" + "g" * 32, "x" * 500])
def test_what_cannot_be_an_id_is_not_looked_for(world: FeedbackWorld, given: Feedback, feedback_id: str) -> None:
    class NeverAsked:
        def find(self, _feedback_id: str) -> None:
            raise AssertionError("the store was asked")

    world.store = NeverAsked()
    with pytest.raises(FeedbackNotFoundError) as refusal:
        world.remove(Feedback(feedback_id, *[""] * 2, (), 1, "", None, "", ""))
    assert len(refusal.value.message) < 200


class Interrupting:
    """A store in which somebody else is faster, so many times."""

    def __init__(self, store, times: int, meanwhile=lambda: None) -> None:
        self._store, self._times, self._meanwhile = store, times, meanwhile

    def find(self, feedback_id: str):
        return self._store.find(feedback_id)

    def write(self, before, after, at):
        if self._times:
            self._times -= 1
            self._meanwhile()
            raise FeedbackMovedError
        return self._store.write(before, after, at)


def test_a_write_that_was_overtaken_is_judged_by_what_is_there_now(world: FeedbackWorld, given: Feedback) -> None:
    # Given that another edit is faster
    store = world.store

    def other_edit() -> None:
        world.store = store
        world.edit(given, rating=5)

    world.store = Interrupting(store, 1, other_edit)
    # When / Then
    with pytest.raises(StaleVersionError):
        world.edit(given, rating=1)
    assert world.rating("A") == (5, 1)


@pytest.mark.parametrize("act", ["edit", "remove"])
def test_what_settling_overtook_is_tried_again_and_given_up_in_the_end(
    world: FeedbackWorld, given: Feedback, act: str
) -> None:
    store = world.store
    for times, busy in ((9, True), (3, False)):
        world.store = Interrupting(store, times)
        change = (lambda: world.edit(given, rating=1)) if act == "edit" else (lambda: world.remove(given))
        if busy:
            with pytest.raises(FeedbackBusyError) as refusal:
                change()
            assert refusal.value.http_status == 503
            assert world.rating("A") == (4, 1)
        else:
            change()
    assert world.rating("A") == ((1, 1) if act == "edit" else (0, 0))
