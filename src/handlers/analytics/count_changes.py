"""The consumer of the queue of changes: counts a batch together; what cannot be counted stays in the queue alone."""

from collections.abc import Mapping
from typing import Any

from orderflow.analytics.change import Change, from_message
from orderflow.analytics.counter_store import DynamoCounterStore
from orderflow.analytics.counting import Counting
from orderflow.analytics.errors import UnreadableChangeError
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.observability import LogEvent, log, logger, traced


@traced
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Return the messages that failed; the queue keeps those (ReportBatchItemFailures) and forgets the rest."""
    logger.clear_state()
    logger.append_keys(function_request_id=context.aws_request_id, operation="count_changes")
    changes: dict[str, Change] = {}
    failed = []
    for record in event["Records"]:
        try:
            changes[record["messageId"]] = from_message(record["body"])
        except UnreadableChangeError as error:
            log(LogEvent.MESSAGE_FAILED, message_id=record["messageId"], error=str(error))
            failed.append(record["messageId"])
    counting = Counting(DynamoCounterStore(client("dynamodb"), settings.text("ANALYTICS_TABLE")))
    uncounted = counting.count(changes.values())
    for message_id, change in changes.items():
        if change.subject in uncounted:
            log(LogEvent.MESSAGE_FAILED, message_id=message_id, subject=change.subject, error="not counted")
            failed.append(message_id)
    log(LogEvent.CHANGES_COUNTED, messages=len(event["Records"]), failed=len(failed))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
