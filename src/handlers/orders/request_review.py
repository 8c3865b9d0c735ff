"""Step of order_processing: an order waits for a person, who is asked."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from orderflow.orders.review_notices import SnsReviewNotices
from orderflow.orders.review_request import ReviewRequest, request_review
from orderflow.orders.review_store import DynamoReviewStore
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.step import step_handler
from orderflow.runtime.trail import Author


@step_handler
def handler(event: Mapping[str, Any]) -> dict[str, Any]:
    request = ReviewRequest(
        order_id=event["orderId"],
        user_id=event["userId"],
        total=int(event["total"]),
        currency=event["currency"],
        correlation_id=event["correlationId"],
        execution=event["execution"],
        token=event["taskToken"],
        time_to_decide=timedelta(seconds=event["deadlineSeconds"]),
    )
    deadline = request_review(
        request,
        store=DynamoReviewStore(
            client("dynamodb"),
            settings.text("ORDERS_TABLE"),
            author=Author(settings.text("AUDIT_TRAIL_TABLE"), "function:request_review", request.correlation_id),
        ),
        notices=SnsReviewNotices(client("sns"), settings.text("ORDER_REVIEW_TOPIC_ARN")),
        clock=utc_now,
    )
    log(LogEvent.REVIEW_REQUESTED, review_deadline=deadline)
    count("ReviewsRequested")
    return {"orderId": request.order_id, "status": "REVIEW", "reviewDeadline": deadline}
