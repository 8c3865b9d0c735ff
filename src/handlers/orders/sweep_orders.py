"""Every five minutes: orders that stopped moving go on, or end with everything given back."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from orderflow.orders.errors import SweepIncompleteError
from orderflow.orders.open_order_store import DynamoOpenOrderStore
from orderflow.orders.order_executions import StepFunctionsCancellations, StepFunctionsExecutions
from orderflow.orders.order_queue import SqsOrderQueue
from orderflow.orders.review_store import DynamoWaitStore
from orderflow.orders.review_wait import tend_wait
from orderflow.orders.sweeping import REPAIRS, Finding, Sweeper
from orderflow.orders.task_tokens import StepFunctionsWaits
from orderflow.runtime import settings
from orderflow.runtime.aws import client
from orderflow.runtime.clock import utc_now
from orderflow.runtime.observability import LogEvent, count, log, logger
from orderflow.runtime.schedule import scheduled_handler

# A look takes a second at most. One whose calls all hang may die with the run: the next one does what is missing.
_LONGEST_LOOK_MS = 30_000


@scheduled_handler
def handler(_event: Mapping[str, Any], remaining_ms: Callable[[], int]) -> dict[str, Any]:
    """Return how many orders were found how; raises SweepIncompleteError after all when one could not be looked at."""
    dynamodb, table = client("dynamodb"), settings.text("ORDERS_TABLE")
    sweeper = Sweeper(
        store=DynamoOpenOrderStore(dynamodb, table),
        executions=StepFunctionsExecutions(client("stepfunctions"), settings.text("ORDER_STATE_MACHINE_ARN")),
        cancellations=StepFunctionsCancellations(
            client("stepfunctions"), settings.text("CANCELLATION_STATE_MACHINE_ARN")
        ),
        queue=SqsOrderQueue(client("sqs"), settings.text("ORDER_QUEUE_URL")),
        tend_wait=partial(
            tend_wait,
            store=DynamoWaitStore(dynamodb, table),
            waits=StepFunctionsWaits(client("stepfunctions")),
            clock=utc_now,
        ),
        clock=utc_now,
    )
    found: Counter[str] = Counter()
    failed = 0
    for order_id in sweeper.due():
        if remaining_ms() < _LONGEST_LOOK_MS:
            break  # what is left is the first of the next run
        logger.append_keys(order_id=order_id)
        try:
            finding = sweeper.sweep(order_id)
        except Exception as error:  # noqa: BLE001 - one order must not keep the others from moving
            failed += 1
            log(LogEvent.ORDER_NOT_SWEPT, exc_info=True, error=type(error).__name__)
            continue
        found[finding.value] += 1
        _tell(finding)
        if finding in REPAIRS:
            count("StuckOrders")
    logger.remove_keys(["order_id"])
    log(LogEvent.ORDERS_SWEPT, found=dict(found), failed=failed)
    if failed:
        raise SweepIncompleteError(failed)
    return dict(found)


def _tell(finding: Finding) -> None:
    match finding:
        case Finding.RUNNING:
            log(LogEvent.ORDER_LEFT_TO_ITS_EXECUTION)
        case Finding.NOT_PICKED_UP:
            log(LogEvent.ORDER_QUEUED_AGAIN)
        case Finding.ABANDONED:
            log(LogEvent.ORDER_WORKFLOW_REPLACED)
        case Finding.BEYOND_REPAIR:
            log(LogEvent.ORDER_BEYOND_REPAIR)
        case Finding.ENDED:
            log(LogEvent.ENDED_ORDER_TAKEN_OUT)
        case Finding.MOVED_ON:
            log(LogEvent.ORDER_MOVED_ON)
