"""POST /feedback: a customer judges an order of theirs, once."""

from orderflow.catalog.rating_store import DynamoRatings
from orderflow.contract import give_feedback_request
from orderflow.feedback.feedback_store import DynamoFeedbackStore
from orderflow.feedback.giving import Judgement, give_feedback
from orderflow.feedback.reading import as_json
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    body = give_feedback_request.validate(request.json())
    dynamodb = client("dynamodb")
    given = give_feedback(
        caller,
        Judgement(
            order_id=body["orderId"],
            rating=body["rating"],
            comment=body.get("comment", ""),
            category=body.get("category"),
            user_id=body.get("userId"),
        ),
        orders=DynamoOrderStore(dynamodb, settings.text("ORDERS_TABLE")),
        store=DynamoFeedbackStore(
            dynamodb,
            settings.text("FEEDBACK_TABLE"),
            ratings=DynamoRatings(settings.text("PRODUCTS_TABLE")).changes,
        ),
        clock=utc_now,
    )
    log(LogEvent.FEEDBACK_GIVEN, feedback_id=given.feedback_id, counts=bool(given.counted))
    return Response(201, as_json(given, caller))
