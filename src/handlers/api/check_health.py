"""GET /health: whether this version is alive and what the API needs to sell answers."""

from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.health import (
    Check,
    Remembered,
    failed_dependencies,
    queue_answers,
    table_answers,
    user_pool_answers,
    workflow_answers,
)


def _checks() -> dict[str, Check]:
    return {
        "ordersTable": table_answers(settings.text("ORDERS_TABLE"), "orderId"),
        "idempotencyTable": table_answers(settings.text("IDEMPOTENCY_TABLE"), "id"),
        "productsTable": table_answers(settings.text("PRODUCTS_TABLE"), "productId"),
        "stockTable": table_answers(settings.text("STOCK_TABLE"), "productId"),
        "paymentsTable": table_answers(settings.text("PAYMENTS_TABLE"), "paymentId"),
        "paymentRequestsTable": table_answers(settings.text("PAYMENT_REQUESTS_TABLE"), "requestId"),
        "customersTable": table_answers(settings.text("CUSTOMERS_TABLE"), "userId"),
        "orderQueue": queue_answers(settings.text("ORDER_QUEUE_URL")),
        "orderWorkflow": workflow_answers(settings.text("ORDER_STATE_MACHINE_ARN")),
        "paymentWorkflow": workflow_answers(settings.text("PAYMENT_STATE_MACHINE_ARN")),
        "userPool": user_pool_answers(settings.text("USER_POOL_ID")),
    }


failed_now = Remembered(lambda: failed_dependencies(_checks()))


@api_handler
def handler(_: Request) -> Response:
    failed = failed_now()
    answer = {
        "status": "unavailable" if failed else "ok",
        "version": settings.text("SERVICE_VERSION"),
        "dependencies": {name: "failed" if name in failed else "ok" for name in _checks()},
    }
    return Response(503 if failed else 200, answer)
