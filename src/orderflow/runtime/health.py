"""Whether dependencies answer: cheap calls with short timeouts, each failure logged and none of them fatal."""

from collections.abc import Callable, Mapping

from botocore.exceptions import BotoCoreError, ClientError

from orderflow.runtime.aws import client
from orderflow.runtime.observability import LogEvent, log

_SECONDS = 1.0


def failed_dependencies(checks: Mapping[str, Callable[[], object]]) -> frozenset[str]:
    """Run every check and return the names of those that AWS refused or did not answer in time."""
    failed = set()
    for name, check in checks.items():
        try:
            check()
        except (BotoCoreError, ClientError):
            log(LogEvent.HEALTH_CHECK_FAILED, exc_info=True, dependency=name)
            failed.add(name)
    return frozenset(failed)


def read_table(table: str, key: str) -> None:
    """Ask a table for an item that no real id can name, by its partition key (IAM: dynamodb:GetItem)."""
    client("dynamodb", read_timeout=_SECONDS, attempts=1).get_item(TableName=table, Key={key: {"S": "health-check"}})


def read_queue(url: str) -> None:
    """Ask a queue for its ARN (IAM: sqs:GetQueueAttributes)."""
    client("sqs", read_timeout=_SECONDS, attempts=1).get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
