"""The consumer of order updates: each event is kept for the endpoints of its client, and what is due is queued."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.webhooks.attempt_queue import SqsAttemptQueue
from orderflow.checkout.webhooks.delivery_store import DynamoDeliveries
from orderflow.checkout.webhooks.endpoint_reader import DynamoEndpoints
from orderflow.checkout.webhooks.errors import UnreadableEventError
from orderflow.checkout.webhooks.event import from_message
from orderflow.checkout.webhooks.taking import take
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.errors import TransientError
from orderflow.runtime.observability import LogEvent, log, logger, traced


@traced
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Return the messages that failed; the queue keeps those (ReportBatchItemFailures) and forgets the rest."""
    logger.clear_state()
    logger.append_keys(function_request_id=context.aws_request_id, operation="take_order_updates")
    endpoints = DynamoEndpoints(client("dynamodb"), settings.text("WEBHOOK_ENDPOINTS_TABLE"))
    deliveries = DynamoDeliveries(client("dynamodb"), settings.text("WEBHOOK_DELIVERIES_TABLE"))
    queue = SqsAttemptQueue(client("sqs"), settings.text("WEBHOOK_ATTEMPTS_QUEUE_URL"))
    failed = []
    for record in event["Records"]:
        try:
            told = from_message(record["body"])
            due = take(told, endpoints=endpoints, intake=deliveries, clock=utc_now)
            queue.send_when_due(due, utc_now())
        except (TransientError, UnreadableEventError) as error:
            log(LogEvent.MESSAGE_FAILED, message_id=record["messageId"], error=str(error))
            failed.append(record["messageId"])
        else:
            log(LogEvent.EVENT_TAKEN, event_id=told.event_id, order_id=told.order_id, endpoints=len(due))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
