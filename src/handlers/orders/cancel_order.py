"""POST /orders/{orderId}/cancel and DELETE /orders/{orderId}: the order is cancelled, what it took is given back."""

from functools import partial

from orderflow.contract import cancel_order_request
from orderflow.orders.cancellation_store import DynamoCancellationStore
from orderflow.orders.cancelling import cancel_order
from orderflow.orders.order_store import DynamoOrderStore
from orderflow.orders.review_store import DynamoWaitStore
from orderflow.orders.review_wait import tend_wait
from orderflow.orders.status import OrderStatus
from orderflow.orders.task_tokens import StepFunctionsWaits
from orderflow.orders.workflow_starter import StepFunctionsCancellationStarter
from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log
from orderflow.runtime.trail import Author


@api_handler
def handler(request: Request) -> Response:
    caller = request.caller
    body = cancel_order_request.validate(request.json()) if request.has_body else {}
    dynamodb, table = client("dynamodb"), settings.text("ORDERS_TABLE")
    before = cancel_order(
        request.path("orderId"),
        caller,
        reason=body.get("reason"),
        correlation_id=request.correlation_id,
        orders=DynamoOrderStore(dynamodb, table),
        store=DynamoCancellationStore(
            dynamodb,
            table,
            author=Author(settings.text("AUDIT_TRAIL_TABLE"), caller.user_id, request.request_id),
        ),
        starter=StepFunctionsCancellationStarter(
            client("stepfunctions"), settings.text("CANCELLATION_STATE_MACHINE_ARN")
        ),
        end_wait=partial(
            tend_wait,
            store=DynamoWaitStore(dynamodb, table),
            waits=StepFunctionsWaits(client("stepfunctions")),
            clock=utc_now,
        ),
        clock=utc_now,
    )
    if before.status is not OrderStatus.CANCELLED:
        log(LogEvent.ORDER_CANCELLED, order_id=before.order_id)
        count("OrdersCancelled")
    answer = {"orderId": before.order_id, "status": OrderStatus.CANCELLED.value}
    return Response(202, answer, {"Location": f"/orders/{before.order_id}"})
