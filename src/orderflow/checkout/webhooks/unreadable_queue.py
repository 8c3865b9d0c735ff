"""Records of the stream that nobody can read, on SQS: they wait for a person, and keep nothing behind them waiting."""

import json
from collections.abc import Mapping
from typing import Any

from botocore import exceptions

from orderflow.runtime.errors import TransientError

_TRANSIENT = frozenset({"KmsThrottled", "RequestThrottled", "ThrottlingException"})
_SERVER_ERROR = 500


class UnreadableQueueUnavailableError(TransientError):
    """The queue did not answer, or asked us to slow down; the record is read again."""

    code = "UNREADABLE_QUEUE_UNAVAILABLE"


class SqsUnreadableQueue:
    """Dead letters (IAM: sqs:SendMessage)."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self._url = client, url

    def set_aside(self, record: Mapping[str, Any], error: Exception) -> None:
        """Keep where a record is found and why nobody can read it, perhaps twice, and nothing else of it.

        Raises UnreadableQueueUnavailableError.
        """
        told = {
            "record": record.get("eventID"),
            "keys": record.get("dynamodb", {}).get("Keys"),
            "unreadable": type(error).__name__,
        }
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(told))
        except exceptions.ClientError as failed:
            code = failed.response["Error"]["Code"].rpartition(".")[2]
            if code in _TRANSIENT or failed.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
                raise UnreadableQueueUnavailableError("The queue of dead letters asked to slow down.") from failed
            raise
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as failed:
            raise UnreadableQueueUnavailableError("The queue of dead letters could not be reached.") from failed
