"""Feedback is read whole or not at all, also while its first transaction is on its way.

A Query may meet a transaction half-way, however consistent it is:
docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-isolation
"""

from typing import Any

import pytest

from orderflow.feedback.feedback import Feedback
from orderflow.runtime.dynamo import StoreUnavailableError
from tests.support.feedback import FeedbackWorld


@pytest.fixture
def given(world: FeedbackWorld) -> Feedback:
    """Give feedback on an order of two products."""
    world.product("A", "B")
    world.order("A", "B")
    return world.give(4)


def half_seen(dynamodb: Any, monkeypatch: pytest.MonkeyPatch, *, looks: int) -> None:
    """Let so many looks at the feedback find the first of its rows only."""
    query, left = dynamodb.query, [None] * looks

    def half(**asked: Any) -> dict[str, Any]:
        answer = query(**asked)
        if left:
            left.pop()
            answer["Items"] = answer["Items"][:1]
        return answer

    monkeypatch.setattr(dynamodb, "query", half)


def test_feedback_that_is_half_there_is_looked_at_again(
    dynamodb: Any, world: FeedbackWorld, given: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_seen(dynamodb, monkeypatch, looks=1)
    assert world.store.find(given.feedback_id) == given


def test_an_edit_never_leaves_one_product_behind(
    dynamodb: Any, world: FeedbackWorld, given: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_seen(dynamodb, monkeypatch, looks=1)
    edited = world.edit(given, rating=1)
    assert (world.rating("A"), world.rating("B")) == ((1, 1), (1, 1))
    assert world.store.find(given.feedback_id) == edited


def test_what_is_never_seen_whole_is_answered_by_a_503_and_not_by_a_half(
    dynamodb: Any, world: FeedbackWorld, given: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_seen(dynamodb, monkeypatch, looks=3)
    with pytest.raises(StoreUnavailableError):
        world.store.find(given.feedback_id)
