"""Every minute: lanes of webhooks that are due are queued to be looked at, whatever became of their message."""

from collections.abc import Callable, Mapping
from typing import Any

from orderflow.checkout.webhooks.attempt_queue import SqsAttemptQueue
from orderflow.checkout.webhooks.delivery_store import DynamoDeliveries
from orderflow.checkout.webhooks.releasing import release
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, log
from orderflow.runtime.schedule import scheduled_handler


@scheduled_handler
def handler(_event: Mapping[str, Any], _milliseconds_left: Callable[[], int]) -> dict[str, Any]:
    deliveries = DynamoDeliveries(client("dynamodb"), settings.text("WEBHOOK_DELIVERIES_TABLE"))
    queue = SqsAttemptQueue(client("sqs"), settings.text("WEBHOOK_ATTEMPTS_QUEUE_URL"))
    released = release(deliveries, queue.send_now, utc_now)
    log(LogEvent.WEBHOOKS_RELEASED, lanes=released)
    return {"released": released}
