"""The functions of feedback, from API Gateway's event to the tables."""

import json
from typing import Any

import pytest

from handlers.catalog import get_product, list_products, update_product
from handlers.feedback import delete_feedback, give_feedback, list_feedback, settle_feedback, update_feedback
from orderflow.catalog.audit_store import DynamoRatingAudit
from orderflow.catalog.maintenance import create_product
from orderflow.catalog.product import ProductFacts
from orderflow.catalog.product_store import DynamoProductStore
from orderflow.catalog.rating import Rating
from orderflow.feedback.audit import ratings_given
from orderflow.feedback.audit_store import DynamoFeedbackAudit
from orderflow.operations.rated_products import check_ratings
from orderflow.orders.intake_store import DynamoIntakeStore
from orderflow.orders.order import OrderLine
from orderflow.orders.status import OrderStatus
from orderflow.runtime import paging
from orderflow.runtime.aws import client
from orderflow.runtime.dynamo import from_item, to_item
from tests.support import trail
from tests.support.frozen import START, FrozenClock
from tests.support.gateway import CONTEXT, Answer, as_admin, call
from tests.support.orders import ADMIN, CUSTOMER, STRANGER, new_order

FIRST, SECOND = "01JFR0ZEN00000000000000001", "01JFR0ZEN00000000000000002"
ME, OTHER = CUSTOMER.user_id, STRANGER.user_id


@pytest.fixture(autouse=True)
def _environment(tables: dict[str, str], dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put two products on sale, which both users have bought."""
    monkeypatch.setenv("PRODUCT_IMAGES_BUCKET", "orderflow-test-images")
    monkeypatch.setenv("CURRENCY", "EUR")
    secret = client("secretsmanager").create_secret(Name="cursor", SecretString="a secret for cursors in tests")
    monkeypatch.setenv("CURSOR_SECRET_ARN", secret["ARN"])
    paging.cursor_key.cache_clear()
    products = DynamoProductStore(
        dynamodb, tables["products"], author=trail.author(tables), words=tables["product-words"], stock=tables["stock"]
    )
    for product_id in ("A", "B"):
        facts = ProductFacts(product_id, "samples", 1999)
        create_product(ADMIN, product_id, facts, currency="EUR", store=products, clock=FrozenClock())
    orders = DynamoIntakeStore(
        dynamodb, author=trail.author(tables), orders=tables["orders"], idempotency=tables["idempotency"]
    )
    for order_id, user in ((FIRST, CUSTOMER), (SECOND, STRANGER)):
        lines = (OrderLine("A", "The A", 1, 1999), OrderLine("B", "The B", 2, 1999))
        orders.add(new_order(order_id, lines=lines, status=OrderStatus.CONFIRMED, user_id=user.user_id))


def give(user: str | None = ME, order_id: str = FIRST, **body: Any) -> Answer:
    return call(give_feedback.handler, user=user, body={"orderId": order_id, "rating": 4, **body})


def listed(user: str | None = ME, **query: str) -> Answer:
    return call(list_feedback.handler, user=user, query=query)


def rating_of(product_id: str = "A") -> dict[str, Any] | None:
    """Return what both ways of reading a product say about its rating."""
    one = call(get_product.handler, path={"productId": product_id}).body
    [among] = [each for each in call(list_products.handler).body["items"] if each["productId"] == product_id]
    assert one == among
    return one.get("rating")


def test_feedback_is_given_shown_at_the_product_changed_and_removed() -> None:
    # When
    given = give(comment="Sturdy <b>and</b> [bold]quick[/bold]", category="Direct Test", userId=ME)
    # Then
    assert given.status == 201
    body = given.body
    assert {key: body[key] for key in ("rating", "comment", "category", "orderId", "userId", "version", "counts")} == {
        "rating": 4,
        "comment": "Sturdy <b>and</b> [bold]quick[/bold]",
        "category": "Direct Test",
        "orderId": FIRST,
        "userId": ME,
        "version": 1,
        "counts": True,
    }
    assert rating_of() == {"average": 4, "count": 1}
    assert listed(productId="A").body == {"items": [body]} == listed(orderId=FIRST).body
    path = {"feedbackId": body["feedbackId"]}
    changed = call(update_feedback.handler, user=ME, path=path, body={"version": 1, "rating": 1, "comment": ""})
    assert (changed.status, changed.body["rating"], changed.body["comment"], changed.body["version"]) == (200, 1, "", 2)
    give(OTHER, SECOND, rating=2)
    assert rating_of("B") == {"average": 1.5, "count": 2}
    assert call(delete_feedback.handler, user=ME, path=path).status == 204
    assert rating_of() == {"average": 2, "count": 1}
    assert listed(orderId=FIRST).body == {"items": []}


def test_a_product_that_nobody_judged_has_no_rating() -> None:
    assert rating_of() is None
    assert listed(productId="A").body == listed(productId="NO-SUCH").body == {"items": []}


def test_a_change_of_the_product_leaves_its_rating_and_a_rating_its_version() -> None:
    give()
    changed = as_admin(update_product.handler, path={"productId": "A"}, body={"version": 1, "price": 5})
    assert (changed.status, changed.body["rating"]) == (200, {"average": 4, "count": 1})
    assert rating_of() == {"average": 4, "count": 1}


def test_who_gave_feedback_is_not_told_to_others() -> None:
    give(comment="mine")
    [shown] = listed(OTHER, productId="A").body["items"]
    assert shown.keys() == {"feedbackId", "rating", "comment", "createdAt", "updatedAt"}
    assert (listed(OTHER, orderId=FIRST).status, listed(OTHER, orderId=FIRST).code) == (404, "ORDER_NOT_FOUND")
    [to_admin] = as_admin(list_feedback.handler, query={"orderId": FIRST}).body["items"]
    assert to_admin["userId"] == ME


@pytest.mark.parametrize(
    ("user", "body", "status", "code"),
    [
        (None, {}, 401, "NOT_AUTHENTICATED"),
        (OTHER, {}, 404, "ORDER_NOT_FOUND"),
        (ME, {"userId": OTHER}, 403, "NOT_YOUR_FEEDBACK"),
        (ME, {"orderId": "01JFR0ZEN00000000000000009"}, 404, "ORDER_NOT_FOUND"),
        (ME, {"orderId": "1"}, 400, "INVALID_REQUEST"),
        (ME, {"rating": 0}, 400, "INVALID_REQUEST"),
        (ME, {"rating": 6}, 400, "INVALID_REQUEST"),
        (ME, {"rating": 4.5}, 400, "INVALID_REQUEST"),
        (ME, {"comment": "x" * 2001}, 400, "INVALID_REQUEST"),
        (ME, {"comment": "\x1b[31mred"}, 400, "INVALID_REQUEST"),
        (ME, {"comment": "a\x9bb"}, 400, "INVALID_REQUEST"),
        (ME, {"category": ""}, 400, "INVALID_REQUEST"),
        (ME, {"stars": 5}, 400, "INVALID_REQUEST"),
    ],
)
def test_what_cannot_be_judged_is_refused_and_nothing_is_kept(
    user: str | None, body: dict[str, Any], status: int, code: str
) -> None:
    refused = give(user, **body)
    assert (refused.status, refused.code) == (status, code)
    assert rating_of() is None


def test_the_longest_comment_of_the_widest_letters_and_lines_is_kept() -> None:
    comment = "\N{GRINNING FACE}" * 1989 + "\n\ttwo lines"
    assert listed(orderId=give(comment=comment).body["orderId"]).body["items"][0]["comment"] == comment


def test_a_repeated_request_is_told_that_the_order_was_judged() -> None:
    give()
    again = give(rating=1)
    assert (again.status, again.code, again.fields) == (409, "FEEDBACK_EXISTS", ["orderId"])
    assert rating_of() == {"average": 4, "count": 1}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "productId"),
        ({"productId": "A", "orderId": FIRST}, "orderId"),
        ({"productId": "no such!"}, "productId"),
        ({"productId": ""}, "productId"),
        ({"productId": "A", "limit": "0"}, "limit"),
        ({"productId": "A", "nextToken": "x"}, "nextToken"),
        ({"orderId": FIRST, "nextToken": "x"}, "nextToken"),
    ],
)
def test_a_list_is_asked_for_by_one_product_or_one_order(query: dict[str, str], field: str) -> None:
    refused = listed(**query)
    assert (refused.status, refused.fields) == (400, [field])


def test_a_list_is_for_who_is_signed_in() -> None:
    assert listed(None, productId="A").status == 401


def test_a_product_is_listed_page_by_page_and_the_token_is_the_callers() -> None:
    give()
    give(OTHER, SECOND)
    first = listed(productId="A", limit="1")
    rest = listed(productId="A", limit="1", nextToken=first.body["nextToken"])
    assert "nextToken" not in rest.body
    assert len({each["feedbackId"] for each in first.body["items"] + rest.body["items"]}) == 2
    stolen = listed(OTHER, productId="A", limit="1", nextToken=first.body["nextToken"])
    assert (stolen.status, stolen.fields) == (400, ["nextToken"])


def test_only_who_gave_it_changes_it_and_administrators_remove_it() -> None:
    path = {"feedbackId": give().body["feedbackId"]}
    change = {"version": 1, "rating": 1}
    answers = [
        call(update_feedback.handler, user=OTHER, path=path, body=change),
        call(delete_feedback.handler, user=OTHER, path=path),
        as_admin(update_feedback.handler, path=path, body=change),
        call(update_feedback.handler, user=ME, path=path, body={"version": 2, "rating": 1}),
        call(update_feedback.handler, user=ME, path=path, body={"version": 1}),
        call(update_feedback.handler, path=path, body=change),
        call(delete_feedback.handler, path=path),
    ]
    assert [(answer.status, answer.code) for answer in answers] == [
        (404, "FEEDBACK_NOT_FOUND"),
        (404, "FEEDBACK_NOT_FOUND"),
        (404, "FEEDBACK_NOT_FOUND"),
        (409, "VERSION_CONFLICT"),
        (400, "INVALID_REQUEST"),
        (401, "NOT_AUTHENTICATED"),
        (401, "NOT_AUTHENTICATED"),
    ]
    assert rating_of() == {"average": 4, "count": 1}
    assert as_admin(delete_feedback.handler, path=path).status == 204
    assert rating_of() is None


def test_nothing_personal_is_left_of_removed_feedback(dynamodb: Any, tables: dict[str, str]) -> None:
    path = {"feedbackId": give(comment="mine", category="Mine").body["feedbackId"]}
    call(delete_feedback.handler, user=ME, path=path)
    rows = [from_item(row) for row in dynamodb.scan(TableName=tables["feedback"])["Items"]]
    assert [row.keys() for row in rows] == [{"feedbackId", "productId", "revision", "removedAt"}] * 2


def test_a_log_line_tells_neither_words_nor_order_of_feedback(logged: Any) -> None:
    give(comment="a comment that nobody logs")
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    [line] = [line for line in lines if line.get("event") == "FEEDBACK_GIVEN"]
    assert line["counts"] is True
    assert "nobody logs" not in logged.getvalue()


def moved(dynamodb: Any, tables: dict[str, str], status: OrderStatus) -> None:
    dynamodb.update_item(
        TableName=tables["orders"],
        Key=to_item({"orderId": FIRST}),
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=to_item({":status": status.value}),
    )


def test_the_schedule_counts_what_was_paid_for_and_takes_back_what_was_cancelled(
    dynamodb: Any, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch, logged: Any
) -> None:
    # Given feedback on an order that is still open
    now = FrozenClock(START)
    for module in (give_feedback, settle_feedback):
        monkeypatch.setattr(module, "utc_now", now)
    moved(dynamodb, tables, OrderStatus.PENDING)
    assert give().body["counts"] is False

    def run() -> dict[str, int]:
        now.advance(hours=1)
        return settle_feedback.handler({}, CONTEXT_WITH_TIME)

    # When / Then
    assert (run(), rating_of()) == ({"as it was": 1}, None)
    moved(dynamodb, tables, OrderStatus.CONFIRMED)
    assert (run(), rating_of()) == ({"counts": 1}, {"average": 4, "count": 1})
    moved(dynamodb, tables, OrderStatus.CANCELLED)
    now.advance(days=1)
    assert (run(), rating_of()) == ({"counts not": 1}, None)
    assert run() == {}
    events = [json.loads(line).get("event") for line in logged.getvalue().splitlines()]
    assert events.count("FEEDBACK_SETTLED") == 2


class _Context:
    """Lambda's context, with a minute left."""

    aws_request_id = "function-request-1"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 50_000


CONTEXT_WITH_TIME = _Context()


def test_one_that_fails_keeps_no_other_from_settling_and_the_run_fails_after_all(
    dynamodb: Any, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two that are due, and an order that cannot be read
    now = FrozenClock(START)
    for module in (give_feedback, settle_feedback):
        monkeypatch.setattr(module, "utc_now", now)
    for user, order_id in ((ME, FIRST), (OTHER, SECOND)):
        assert give(user, order_id).status == 201
    dynamodb.put_item(TableName=tables["orders"], Item=to_item({"orderId": FIRST, "status": "LOST"}))
    dynamodb.update_item(
        TableName=tables["orders"],
        Key=to_item({"orderId": SECOND}),
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=to_item({":status": "CANCELLED"}),
    )
    now.advance(minutes=1)
    # When / Then
    with pytest.raises(settle_feedback.FeedbackUnsettledError):
        settle_feedback.handler({}, CONTEXT_WITH_TIME)
    assert rating_of() == {"average": 4, "count": 1}
    assert settle_feedback.handler({}, CONTEXT_WITH_TIME) == {}, "it was put off"


def test_a_run_without_time_left_leaves_the_rest_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    now = FrozenClock(START)
    for module in (give_feedback, settle_feedback):
        monkeypatch.setattr(module, "utc_now", now)
    give()
    now.advance(minutes=1)
    assert settle_feedback.handler({}, CONTEXT) == {}
    assert settle_feedback.handler({}, CONTEXT_WITH_TIME) == {"as it was": 1}


def test_the_audit_reads_what_the_functions_wrote_and_names_a_rating_that_was_changed_by_hand(
    dynamodb: Any, tables: dict[str, str]
) -> None:
    ratings = DynamoRatingAudit(dynamodb, tables["products"])
    feedback = DynamoFeedbackAudit(dynamodb, tables["feedback"])
    removed = give().body["feedbackId"]
    give(OTHER, SECOND, rating=1)
    call(delete_feedback.handler, user=ME, path={"feedbackId": removed})
    assert ratings_given(feedback) == {"A": Rating(1, 1), "B": Rating(1, 1)}
    assert list(check_ratings(ratings, feedback)) == []
    assert (ratings.rated("A").changes, ratings.rated("NO-SUCH")) == (3, None)
    dynamodb.update_item(
        TableName=tables["products"],
        Key=to_item({"productId": "B"}),
        UpdateExpression="SET ratingTotal = :five",
        ExpressionAttributeValues=to_item({":five": 5}),
    )
    [finding] = check_ratings(ratings, feedback)
    assert (finding.rule, finding.subject) == ("ratings-are-what-feedback-says", "product B")
