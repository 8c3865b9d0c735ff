"""Topics and queues of a simulated shop, in memory."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.support.simulation.states import refusal
from tests.support.webhook_pipeline import Message


@dataclass
class Notice:
    """One message on a topic."""

    topic: str
    message: dict[str, Any]


@dataclass
class Topics:
    """The topics: every message with the topic it was published on."""

    notices: list[Notice] = field(default_factory=list)
    busy: int = 0  # how many of the next messages are turned away
    queues: dict[str, Any] = field(default_factory=dict)  # those that a topic feeds: its messages are kept there only

    def publish(self, **request: Any) -> dict[str, Any]:
        if self.busy:
            self.busy -= 1
            raise refusal("Publish", "InternalError", status=500)
        message = request["Message"]
        if queue := self.queues.get(request["TopicArn"].rpartition(":")[2]):
            return dict(queue.send_message(MessageBody=message))
        message = json.loads(message) if isinstance(message, str) else message
        self.notices.append(Notice(request["TopicArn"].rpartition(":")[2], message))
        return {"MessageId": f"message-{len(self.notices)}"}


@dataclass
class Queue:
    """A queue: messages by their number, until they are handled."""

    messages: dict[str, str] = field(default_factory=dict)
    sent: int = 0

    def send_message(self, **request: Any) -> dict[str, Any]:
        self.sent += 1
        body = request["MessageBody"]
        self.messages[f"message-{self.sent}"] = body if isinstance(body, str) else json.dumps(body)
        return {"MessageId": f"message-{self.sent}"}


@dataclass
class DelayedQueue:
    """A queue whose messages may be handed out later."""

    now: Callable[[], datetime]
    messages: list[Message] = field(default_factory=list)
    sent: int = 0

    def send_message(self, **request: Any) -> dict[str, Any]:
        self.sent += 1
        at = self.now() + timedelta(seconds=request.get("DelaySeconds", 0))
        self.messages.append(Message(f"message-{self.sent}", request["MessageBody"], at))
        return {"MessageId": f"message-{self.sent}"}

    def visible(self) -> list[Message]:
        """Return the messages that are handed out now."""
        return [message for message in self.messages if message.at <= self.now()]


@dataclass(frozen=True)
class Queues:
    """SQS: queues by their URL."""

    by_url: Mapping[str, Any]

    def send_message(self, **request: Any) -> dict[str, Any]:
        return dict(self.by_url[request["QueueUrl"]].send_message(**request))

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        for entry in request["Entries"]:
            self.by_url[request["QueueUrl"]].send_message(**entry)
        return {"Successful": request["Entries"]}
