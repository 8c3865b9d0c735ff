"""From the feedback table's stream to GET /analytics: each rating that counts, once, as it is last."""

import json
from dataclasses import replace
from typing import Any

import pytest

from handlers.analytics import get_analytics
from orderflow.feedback.feedback import Feedback
from orderflow.runtime import aws
from tests.integration.analytics.conftest import Books
from tests.support.gateway import as_admin, call

RANGE = {"from": "2026-01-02", "to": "2026-01-03"}
AT = "2026-01-02T03:04:05.678Z"
WAITING = Feedback(
    feedback_id="fbk_00000000000000000000000000000001",
    order_id="01JFR0ZEN00000000000000001",
    user_id="customer-1",
    product_ids=("ITEM001", "ITEM002"),
    rating=4,
    comment="sturdy",
    category=None,
    created_at=AT,
    updated_at=AT,
    check_after="2026-01-02T03:05:05.678Z",
)
COUNTING = replace(WAITING, counted=frozenset(WAITING.product_ids), revision=2)
CHANGED = replace(COUNTING, rating=1, version=2, revision=3)


def shown(**caller: Any) -> Any:
    """Return the rating of the caller's figures, the shop's without a user."""
    answer = (
        call(get_analytics.handler, query=RANGE, **caller) if caller else as_admin(get_analytics.handler, query=RANGE)
    )
    assert answer.status == 200
    return answer.body["totals"].get("rating")


def test_a_rating_is_told_once_it_counts_to_its_giver_and_to_administrators(books: Books) -> None:
    # Given
    books.judge(None, WAITING)
    assert books.forward(books.stream("feedback")) == [], "what waits for its order counts nothing"
    # When
    books.judge(WAITING, COUNTING)
    assert books.count(books.forward(books.stream("feedback"))) == []
    # Then
    assert shown() == shown(user="customer-1") == {"average": 4, "count": 2}
    assert shown(user="customer-2") is None
    days = as_admin(get_analytics.handler, query=RANGE).body["days"]
    assert [(day["day"], day.get("rating")) for day in days] == [
        ("2026-01-02", {"average": 4, "count": 2}),
        ("2026-01-03", None),
    ]
    assert books.recount().verify() == []


def test_a_message_carries_stars_and_who_gave_them_and_no_word(books: Books) -> None:
    books.judge(None, COUNTING)
    told = [json.loads(each["body"]) for each in books.forward(books.stream("feedback"))]
    assert told[0] == {
        "subject": f"{COUNTING.feedback_id}#ITEM001",
        "day": "2026-01-02",
        "version": 2,
        "facts": {"userId": "customer-1", "rating": 4},
    }


def test_other_words_and_another_look_at_the_order_are_no_news(books: Books) -> None:
    books.judge(None, COUNTING)
    seen = len(books.stream("feedback"))
    books.judge(COUNTING, replace(COUNTING, comment="very sturdy", check_after=None, version=2, revision=3))
    assert len(books.stream("feedback")) > seen
    assert books.forward(books.stream("feedback")[seen:]) == []


def test_streams_and_queues_that_deliver_twice_and_late_change_nothing(books: Books) -> None:
    # Given
    for before, after in ((None, WAITING), (WAITING, COUNTING), (COUNTING, CHANGED)):
        books.judge(before, after)
    # When
    for record in books.stream("feedback")[::-1] * 2:
        assert books.count(books.forward([record]) * 2) == []
    # Then
    assert shown() == {"average": 1, "count": 2}
    assert books.recount().verify() == []


@pytest.mark.parametrize(
    "after", [None, replace(COUNTING, counted=frozenset(), check_after=None, revision=3)], ids=["removed", "cancelled"]
)
def test_a_rating_that_counts_no_more_is_taken_out_also_when_it_is_heard_of_late(
    books: Books, after: Feedback | None
) -> None:
    # Given
    books.judge(None, COUNTING)
    given = books.forward(books.stream("feedback"))
    books.count(given)
    seen = len(books.stream("feedback"))
    # When
    books.judge(COUNTING, after)
    books.count(books.forward(books.stream("feedback")[seen:]))
    books.count(given)
    # Then
    assert shown() is None
    assert books.recount().verify() == []


def test_a_row_that_is_deleted_by_hand_is_counted_no_more(books: Books) -> None:
    books.judge(None, COUNTING)
    books.count(books.forward(books.stream("feedback")))
    key = {"feedbackId": {"S": COUNTING.feedback_id}, "productId": {"S": "ITEM001"}}
    aws.client("dynamodb").delete_item(TableName=books.feedback, Key=key)
    assert books.count(books.forward(books.stream("feedback")[-1:])) == []
    assert shown() == {"average": 4, "count": 1}
    assert books.recount().verify() == []


def test_a_rebuild_counts_ratings_that_were_never_counted_and_takes_out_what_counts_no_more(books: Books) -> None:
    # Given feedback that is counted and removed without anybody hearing of it, and other that nobody counted
    books.judge(None, COUNTING)
    books.count(books.forward(books.stream("feedback")))
    books.judge(COUNTING, None)
    other = replace(COUNTING, feedback_id="fbk_00000000000000000000000000000002", product_ids=("ITEM001",), rating=5)
    books.judge(None, replace(other, counted=frozenset(other.product_ids)))
    assert {(each.figure, each.expected, each.actual) for each in books.recount().verify()} == {
        ("rating", 5, 8),
        ("ratings", 1, 2),
    }
    # When
    done = books.recount().rebuild()
    # Then
    assert (done.uncounted, done.busy) == (0, 0)
    assert books.recount().verify() == []
    assert shown() == {"average": 5, "count": 1}
    # And what was on its way changes nothing any more
    assert books.count(books.forward(books.stream("feedback"))) == []
    assert books.recount().verify() == []


def test_a_rating_that_nobody_can_read_is_told_and_waits_in_the_queue(books: Books) -> None:
    # Given
    key = {"feedbackId": {"S": COUNTING.feedback_id}, "productId": {"S": "ITEM001"}}
    aws.client("dynamodb").put_item(
        TableName=books.feedback, Item={**key, "ratedProduct": {"S": "ITEM001"}, "createdAt": {"S": AT}}
    )
    # When
    [queued] = books.forward(books.stream("feedback"))
    # Then
    assert json.loads(queued["body"])["unreadable"] == "KeyError: 'revision'"
    assert books.count([queued]) == [queued["messageId"]]
    recount = books.recount()
    recount.verify()
    assert [finding.subject for finding in recount.unreadable] == [f"feedbackId {COUNTING.feedback_id}"]
