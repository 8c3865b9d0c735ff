"""Lanes that are to be looked at, on SQS: soon ones with a delay, later ones not at all, the due index finds them."""

import json
import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from botocore import exceptions

from orderflow.checkout.webhooks.errors import UnreadableEventError
from orderflow.checkout.webhooks.lane import Lane
from orderflow.runtime.errors import TransientError

# docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
LONGEST_DELAY = 900  # seconds
_BATCH = 10
_TRANSIENT = frozenset({"KmsThrottled", "RequestThrottled", "ThrottlingException"})
_SERVER_ERROR = 500


class AttemptQueueUnavailableError(TransientError):
    """The queue did not answer, or asked us to slow down; the lanes stay due."""

    code = "ATTEMPT_QUEUE_UNAVAILABLE"


class SqsAttemptQueue:
    """Lanes to look at (IAM: sqs:SendMessage)."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self._url = client, url

    def send_when_due(self, lanes: Iterable[Lane], now: datetime) -> None:
        """Queue lanes for when they are due, but for those due in more than 15 minutes.

        Raises AttemptQueueUnavailableError.
        """
        entries = []
        for lane in lanes:
            wait = 0 if lane.due_at is None else math.ceil((lane.due_at - now).total_seconds())
            if lane.due_at is not None and wait <= LONGEST_DELAY:
                entries.append((_body(lane.endpoint_id, lane.order_id), max(0, wait)))
        self._send(entries)

    def send_now(self, lanes: Iterable[tuple[str, str]]) -> None:
        """Queue lanes, by endpoint and order, to be looked at now; raises AttemptQueueUnavailableError."""
        self._send([(_body(endpoint_id, order_id), 0) for endpoint_id, order_id in lanes])

    def _send(self, messages: list[tuple[str, int]]) -> None:
        for first in range(0, len(messages), _BATCH):
            entries = [
                {"Id": str(number), "MessageBody": body, "DelaySeconds": delay}
                for number, (body, delay) in enumerate(messages[first : first + _BATCH])
            ]
            try:
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            except exceptions.ClientError as error:
                code = error.response["Error"]["Code"].rpartition(".")[2]
                if code in _TRANSIENT or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
                    raise AttemptQueueUnavailableError("The queue of attempts asked to slow down.") from error
                raise
            except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
                raise AttemptQueueUnavailableError("The queue of attempts could not be reached.") from error
            if answer.get("Failed"):
                raise AttemptQueueUnavailableError(f"The queue did not take {len(answer['Failed'])} attempts.")


def lane_from_message(body: str) -> tuple[str, str]:
    """Return endpoint and order of a message's lane; raises UnreadableEventError."""
    try:
        told = json.loads(body)
        return str(told["endpointId"]), str(told["orderId"])
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableEventError(f"no lane ({type(error).__name__}: {error})") from error


def _body(endpoint_id: str, order_id: str) -> str:
    return json.dumps({"endpointId": endpoint_id, "orderId": order_id})
