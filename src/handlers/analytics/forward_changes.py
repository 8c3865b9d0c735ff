"""The streams of orders and feedback: what changed in what is counted goes to the queue of the counters."""

from collections.abc import Mapping
from typing import Any

from orderflow.analytics.change_queue import SqsChangeQueue
from orderflow.analytics.streams import messages
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.notification import notification_handler
from orderflow.runtime.observability import LogEvent, log


@notification_handler
def handler(event: Mapping[str, Any]) -> None:
    bodies = messages(event["Records"])
    if bodies:
        SqsChangeQueue(client("sqs"), settings.text("CHANGE_QUEUE_URL")).send(bodies)
    log(LogEvent.CHANGES_FORWARDED, records=len(event["Records"]), messages=len(bodies))
