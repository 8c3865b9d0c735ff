"""The consumer of attempts: the next event of a lane is sent to its endpoint, once, and what came of it is recorded."""

import random
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from orderflow.checkout.webhooks.attempt_queue import SqsAttemptQueue, lane_from_message
from orderflow.checkout.webhooks.delivery import DeliveryState
from orderflow.checkout.webhooks.delivery_store import DynamoDeliveries
from orderflow.checkout.webhooks.endpoint_store import DynamoEndpointBook
from orderflow.checkout.webhooks.errors import UnreadableEventError
from orderflow.checkout.webhooks.managing import disable_gone
from orderflow.checkout.webhooks.outgoing import post
from orderflow.checkout.webhooks.sealing import KmsSealer
from orderflow.checkout.webhooks.sending import Sender, Sent
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.errors import TransientError
from orderflow.runtime.ids import new_ulid
from orderflow.runtime.observability import LogEvent, count, flush_metrics, log, logger, traced
from orderflow.runtime.trail import Author


@traced
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Return the messages that failed; the queue keeps those (ReportBatchItemFailures) and forgets the rest."""
    logger.clear_state()
    logger.append_keys(function_request_id=context.aws_request_id, operation="send_webhooks")
    queue = SqsAttemptQueue(client("sqs"), settings.text("WEBHOOK_ATTEMPTS_QUEUE_URL"))
    sender = _sender(Author(settings.text("AUDIT_TRAIL_TABLE"), "function:send_webhooks", context.aws_request_id))
    failed = []
    try:
        for record in event["Records"]:
            try:
                sent = sender.send(*lane_from_message(record["body"]))
                if sent:
                    _tell(sent)
                    queue.send_when_due([sent.lane], utc_now())
            except (TransientError, UnreadableEventError) as error:
                log(LogEvent.MESSAGE_FAILED, message_id=record["messageId"], error=str(error))
                failed.append(record["messageId"])
    finally:
        flush_metrics()
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _sender(author: Author) -> Sender:
    endpoints = DynamoEndpointBook(client("dynamodb"), settings.text("WEBHOOK_ENDPOINTS_TABLE"), author)
    return Sender(
        endpoints=endpoints,
        deliveries=DynamoDeliveries(client("dynamodb"), settings.text("WEBHOOK_DELIVERIES_TABLE")),
        post=partial(post, loopback_allowed=settings.flag("WEBHOOK_LOOPBACK_ALLOWED")),
        open=_sealer().open,
        gone=partial(disable_gone, endpoints=endpoints, clock=utc_now),
        clock=utc_now,
        ids=new_ulid,
        uniform=random.uniform,
    )


@cache
def _sealer() -> KmsSealer:
    # Kept as long as the container lives: it remembers the secrets that it opened.
    return KmsSealer(client("kms"), settings.text("KMS_KEY_ARN"))


def _tell(sent: Sent) -> None:
    delivery = sent.delivery
    facts: dict[str, Any] = {
        "endpoint_id": delivery.endpoint_id,
        "order_id": delivery.order_id,
        "event_id": delivery.event_id,
    }
    if sent.answer:
        log(
            LogEvent.WEBHOOK_ATTEMPTED,
            **facts,
            attempt=delivery.tries,
            status=sent.answer.status,
            error=sent.answer.error,
            milliseconds=sent.answer.milliseconds,
            state=delivery.state.value,
        )
        if sent.answer.is_gone:
            log(LogEvent.WEBHOOK_ENDPOINT_GONE, **facts)
            count("WebhookEndpointsGone")
    if delivery.state is DeliveryState.GIVEN_UP:
        log(LogEvent.WEBHOOK_GIVEN_UP, **facts)
        count("WebhooksGivenUp")
