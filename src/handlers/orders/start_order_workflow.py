"""The order queue's consumer: one execution of order_processing per order, named by it; messages fail one by one."""

from collections.abc import Mapping
from typing import Any

from orderflow.orders.workflow_start import start_order_workflow
from orderflow.orders.workflow_starter import StepFunctionsStarter
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.observability import LogEvent, log, logger, traced

# One start takes at most 14 s (two attempts of 2 s to connect and 5 s to read): begin none that could not end.
_ATTEMPTS = 2
_LONGEST_START_MS = 15_000


@traced
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Return the messages that failed; the queue keeps those (ReportBatchItemFailures) and forgets the rest."""
    starter = StepFunctionsStarter(
        client("stepfunctions", attempts=_ATTEMPTS), settings.text("ORDER_STATE_MACHINE_ARN")
    )
    failed = []
    for record in event["Records"]:
        logger.clear_state()
        logger.append_keys(
            message_id=record["messageId"],
            function_request_id=context.aws_request_id,
            operation="start_order_workflow",
        )
        if context.get_remaining_time_in_millis() < _LONGEST_START_MS:
            log(LogEvent.MESSAGE_FAILED, reason="no time left in this invocation")
            failed.append(record["messageId"])
            continue
        try:
            order, started = start_order_workflow(record["body"], starter)
        except Exception as error:  # noqa: BLE001 - whatever failed, only this message stays in the queue
            log(LogEvent.MESSAGE_FAILED, exc_info=True, error=type(error).__name__)
            failed.append(record["messageId"])
        else:
            logger.append_keys(order_id=order.order_id, correlation_id=order.correlation_id)
            log(LogEvent.MESSAGE_HANDLED)
            log(LogEvent.ORDER_WORKFLOW_STARTED if started else LogEvent.ORDER_WORKFLOW_ALREADY_STARTED)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
