"""The stream of checkout sessions: what happened to their orders is told on the topic of checkout events."""

from collections.abc import Mapping
from typing import Any

from orderflow.checkout.webhooks.event_topic import SnsEventTopic
from orderflow.checkout.webhooks.publishing import order_event
from orderflow.checkout.webhooks.session_stream import DynamoSessionHistory, session_event
from orderflow.checkout.webhooks.unreadable_queue import SqsUnreadableQueue
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.notification import notification_handler
from orderflow.runtime.observability import LogEvent, log


@notification_handler
def handler(event: Mapping[str, Any]) -> None:
    # A batch that fails is given again, its first events too: whoever reads the topic knows an event by its id.
    history = DynamoSessionHistory(client("dynamodb"), settings.text("CHECKOUT_SESSIONS_TABLE"))
    topic = SnsEventTopic(client("sns"), settings.text("CHECKOUT_EVENTS_TOPIC_ARN"))
    unreadable = SqsUnreadableQueue(client("sqs"), settings.text("DEAD_LETTER_QUEUE_URL"))
    published = 0
    for record in event["Records"]:
        if "NewImage" not in record["dynamodb"] or record.get("eventName") == "MODIFY":
            continue  # an event was removed by hand, or erased: nothing happened to an order
        try:
            happened = order_event(session_event(record["dynamodb"]["NewImage"]), history)
        except (KeyError, TypeError, ValueError) as error:
            # No repetition mends it, and whatever is behind it in its shard would wait for it.
            unreadable.set_aside(record, error)
            log(LogEvent.STREAM_RECORD_UNREADABLE, exc_info=True, record=record.get("eventID"))
            continue
        if happened:
            topic.publish(happened)
            published += 1
    log(LogEvent.EVENTS_PUBLISHED, records=len(event["Records"]), events=published)
