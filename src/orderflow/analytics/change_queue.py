"""The queue between the stream and the counters on SQS."""

from collections.abc import Sequence
from typing import Any

from botocore import exceptions

from orderflow.analytics.errors import ChangeQueueUnavailableError

_BATCH = 10  # docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
_ATTEMPTS = 3
_TRANSIENT = frozenset({"KmsThrottled", "RequestThrottled", "ThrottlingException"})
_SERVER_ERROR = 500


class SqsChangeQueue:
    """Changes on their way (IAM: sqs:SendMessage)."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self._url = client, url

    def send(self, bodies: Sequence[str]) -> None:
        """Queue all bodies, perhaps some of them twice; raises ChangeQueueUnavailableError."""
        for first in range(0, len(bodies), _BATCH):
            self._send(list(bodies[first : first + _BATCH]))

    def _send(self, bodies: list[str]) -> None:
        for _ in range(_ATTEMPTS):
            entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
            try:
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            except exceptions.ClientError as error:
                code = error.response["Error"]["Code"].rpartition(".")[2]
                if code in _TRANSIENT or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
                    raise ChangeQueueUnavailableError("The queue of changes asked to slow down.") from error
                raise
            except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
                raise ChangeQueueUnavailableError("The queue of changes could not be reached.") from error
            # A batch may be taken in part.
            bodies = [bodies[int(failed["Id"])] for failed in answer.get("Failed", ())]
            if not bodies:
                return
        raise ChangeQueueUnavailableError(f"The queue of changes did not take {len(bodies)} messages.")
