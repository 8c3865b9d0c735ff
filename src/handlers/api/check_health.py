"""GET /health: whether this version is alive and what it depends on answers."""

from orderflow.runtime import settings
from orderflow.runtime.api import Request, Response, api_handler
from orderflow.runtime.health import failed_dependencies, read_queue, read_table


@api_handler
def handler(_: Request) -> Response:
    checks = {
        "ordersTable": lambda: read_table(settings.text("ORDERS_TABLE"), key="orderId"),
        "orderQueue": lambda: read_queue(settings.text("ORDER_QUEUE_URL")),
    }
    failed = failed_dependencies(checks)
    answer = {
        "status": "unavailable" if failed else "ok",
        "version": settings.text("SERVICE_VERSION"),
        "dependencies": {name: "failed" if name in failed else "ok" for name in checks},
    }
    return Response(503 if failed else 200, answer)
