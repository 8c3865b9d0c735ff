"""The order queue's dead letters on SQS."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from orderflow.orders.dead_letters import DeadLetter

_BATCH = 10
# While a person's command works through them; a command that was killed gives them back after this.
_HIDDEN_SECONDS = 120
_WAIT_SECONDS = 1  # long polling: asks every server, so an empty answer means an empty queue


class SqsDeadLetters:
    """Dead letters (IAM: sqs:ReceiveMessage, ChangeMessageVisibility, DeleteMessage; SendMessage on the queue)."""

    def __init__(self, client: Any, *, dead_letters: str, queue: str) -> None:
        self._client, self._dead_letters, self._queue = client, dead_letters, queue
        self._removed: set[str] = set()
        self._attributes: dict[str, Any] = {}

    @contextmanager
    def waiting(self) -> Iterator[Iterator[DeadLetter]]:
        hidden: dict[str, str] = {}
        try:
            yield self._receive(hidden)
        finally:
            for message_id, handle in hidden.items():
                if message_id not in self._removed:
                    self._client.change_message_visibility(
                        QueueUrl=self._dead_letters, ReceiptHandle=handle, VisibilityTimeout=0
                    )

    def _receive(self, hidden: dict[str, str]) -> Iterator[DeadLetter]:
        while True:
            answer = self._client.receive_message(
                QueueUrl=self._dead_letters,
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=_HIDDEN_SECONDS,
                WaitTimeSeconds=_WAIT_SECONDS,
                AttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
                MessageAttributeNames=["All"],
            )
            messages = answer.get("Messages", ())
            self._attributes |= {message["MessageId"]: message.get("MessageAttributes", {}) for message in messages}
            letters = [_letter(message) for message in messages]
            fresh = [letter for letter in letters if letter.message_id not in hidden]
            hidden.update((letter.message_id, letter.handle) for letter in letters)
            yield from fresh
            if not fresh:
                # Empty, or we come round: the first ones are visible again.
                return

    def send_back(self, letter: DeadLetter) -> None:
        # As they came: types and binary values included.
        attributes = self._attributes[letter.message_id]
        self._client.send_message(QueueUrl=self._queue, MessageBody=letter.body, MessageAttributes=attributes)

    def remove(self, letter: DeadLetter) -> None:
        self._client.delete_message(QueueUrl=self._dead_letters, ReceiptHandle=letter.handle)
        self._removed.add(letter.message_id)


def _letter(message: dict[str, Any]) -> DeadLetter:
    attributes = message.get("MessageAttributes", {})
    return DeadLetter(
        message_id=message["MessageId"],
        body=message["Body"],
        attributes={name: value["StringValue"] for name, value in attributes.items() if "StringValue" in value},
        sent_at=datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC),
        received=int(message["Attributes"]["ApproximateReceiveCount"]),
        handle=message["ReceiptHandle"],
    )
