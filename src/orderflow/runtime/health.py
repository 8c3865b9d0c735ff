"""Whether dependencies answer: cheap calls side by side, each failure logged, none fatal and none waited for long."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait

from botocore.exceptions import BotoCoreError, ClientError

from orderflow.runtime.aws import client
from orderflow.runtime.observability import LogEvent, log

Check = Callable[[], object]
# For each call, after at most one second to connect.
_SECONDS = 1.0
_TOGETHER_SECONDS = 2.5


def failed_dependencies(checks: Mapping[str, Check], within_seconds: float = _TOGETHER_SECONDS) -> frozenset[str]:
    """Run the checks side by side and return the names of those that AWS refused or did not answer in time."""
    failed = set()
    pool = ThreadPoolExecutor(max_workers=len(checks))
    running = {name: pool.submit(check) for name, check in checks.items()}
    wait(running.values(), timeout=within_seconds)
    pool.shutdown(wait=False, cancel_futures=True)
    for name, answer in running.items():
        try:
            answer.result(timeout=0)
        except (BotoCoreError, ClientError, TimeoutError):
            log(LogEvent.HEALTH_CHECK_FAILED, exc_info=True, dependency=name)
            failed.add(name)
    return frozenset(failed)


class Remembered:
    """What a look found, for a few seconds: whoever may ask us freely must not reach what we ask as often."""

    def __init__(
        self, look: Callable[[], frozenset[str]], seconds: float = 5, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._look, self._seconds, self._now = look, seconds, now
        self._found: frozenset[str] | None = None
        self._at = 0.0

    def __call__(self) -> frozenset[str]:
        """Return what the last look found, after another look when that is too old."""
        if self._found is None or self._now() - self._at >= self._seconds:
            self._found, self._at = self._look(), self._now()
        return self._found

    def forget(self) -> None:
        """Look again at the next question."""
        self._found = None


# Each makes its client now: clients cannot be made in several threads at once.
def table_answers(table: str, key: str) -> Check:
    """Ask a table, by its partition key, for an item that is none of ours (IAM: dynamodb:GetItem of that one)."""
    dynamodb = client("dynamodb", read_timeout=_SECONDS, attempts=1)
    return lambda: dynamodb.get_item(TableName=table, Key={key: {"S": "health-check"}})


def queue_answers(url: str) -> Check:
    """Ask a queue for its ARN (IAM: sqs:GetQueueAttributes)."""
    sqs = client("sqs", read_timeout=_SECONDS, attempts=1)
    return lambda: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])


def user_pool_answers(pool_id: str) -> Check:
    """Ask whether a user pool is there (IAM: cognito-idp:DescribeUserPool)."""
    cognito = client("cognito-idp", read_timeout=_SECONDS, attempts=1)
    return lambda: cognito.describe_user_pool(UserPoolId=pool_id)


def workflow_answers(arn: str) -> Check:
    """Ask whether a state machine is there (IAM: states:DescribeStateMachine)."""
    stepfunctions = client("stepfunctions", read_timeout=_SECONDS, attempts=1)
    return lambda: stepfunctions.describe_state_machine(stateMachineArn=arn)
