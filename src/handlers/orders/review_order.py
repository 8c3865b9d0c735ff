"""POST /orders/{orderId}/review: an administrator approves or rejects an order that is held."""

from functools import partial

from orderflow.contract import review_order_request
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.review_store import DynamoReviewStore
from orderflow.orders.review_wait import Verdict, tend_wait
from orderflow.orders.reviewing import Decision, review_order
from orderflow.orders.status import OrderStatus
from orderflow.orders.task_tokens import StepFunctionsWaits
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.idempotency.once import once
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.trail import Author

_VERDICTS = {"approve": Verdict.APPROVED, "reject": Verdict.REJECTED}


@api_handler
def handler(request: Request) -> Response:
    caller, order_id = request.caller, request.path("orderId")
    body = review_order_request.validate(request.json())
    key = request.header("Idempotency-Key")
    verdict = _VERDICTS[body["decision"]]
    dynamodb, table = client("dynamodb"), settings.text("ORDERS_TABLE")
    reviews = DynamoReviewStore(
        dynamodb,
        table,
        author=Author(settings.text("AUDIT_TRAIL_TABLE"), caller.user_id, request.request_id),
    )
    repeated = review_order(
        Decision(
            order_id,
            verdict,
            by=caller.user_id,
            reason=body["reason"],
            once=None if key is None else once(caller.user_id, f"POST /orders/{order_id}/review", key, body),
        ),
        caller,
        orders=DynamoOrderStore(dynamodb, table),
        store=reviews,
        tell=partial(tend_wait, store=reviews, waits=StepFunctionsWaits(client("stepfunctions")), clock=utc_now),
        clock=utc_now,
    )
    if not repeated:
        log(LogEvent.ORDER_REVIEWED, order_id=order_id, verdict=verdict.value)
        count("OrdersReviewed")
    answer = {"orderId": order_id, "status": OrderStatus.PROCESSING.value, "decision": body["decision"]}
    headers = {"Location": f"/orders/{order_id}"}
    return Response(202, answer, {**headers, "Idempotent-Replayed": "true"} if repeated else headers)
