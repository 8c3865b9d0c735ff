"""The pipeline of webhooks in one process: the real functions on moto's tables, the topic and the queues in memory."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.checkout import publish_checkout_events, release_webhooks, send_webhooks, take_order_updates
from orderflow.checkout.webhooks.delivery import Answer
from orderflow.runtime import aws
from orderflow.runtime.dynamo import to_item
from tests.support.crashes import ProcessDied
from tests.support.frozen import FrozenClock
from tests.support.gateway import CONTEXT
from tests.support.webhooks import CLIENT_ID

UPDATES, ATTEMPTS = "the queue of order updates", "the queue of attempts"
DEAD_LETTERS = "the dead letters of the stream"
_HIDDEN = timedelta(minutes=3)  # how long a message that was not deleted stays invisible


@dataclass
class Message:
    """One message, and from when on it is handed out."""

    message_id: str
    body: str
    at: datetime


@dataclass
class Got:
    """One request as a receiver got it."""

    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int | None


@dataclass
class Pipeline:
    """`around` stands at every call that functions make of AWS and of receivers, with its name."""

    clock: FrozenClock
    dynamodb: Any
    tables: Mapping[str, str]
    dead: list[dict[str, Any]] = field(default_factory=list)
    queues: dict[str, list[Message]] = field(default_factory=lambda: {UPDATES: [], ATTEMPTS: []})
    got: list[Got] = field(default_factory=list)
    answer: Callable[[str, datetime], Answer] = lambda _url, _at: Answer(5, 200)
    around: Callable[[str, Callable[[], Any]], Any] = lambda _name, call: call()
    deaths: int = 0
    sent: int = 0

    # What the functions see of AWS.
    def publish(self, **request: Any) -> dict[str, Any]:
        self._queue(UPDATES, request["Message"], 0)
        return {"MessageId": str(self.sent)}

    def send_message(self, **request: Any) -> dict[str, Any]:
        assert request["QueueUrl"] == DEAD_LETTERS
        self.dead.append(json.loads(request["MessageBody"]))
        return {"MessageId": f"dead-{len(self.dead)}"}

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        for entry in request["Entries"]:
            self._queue(request["QueueUrl"], entry["MessageBody"], entry.get("DelaySeconds", 0))
        return {"Successful": request["Entries"]}

    def post(self, url: str, body: bytes, headers: Mapping[str, str], **_: Any) -> Answer:
        def there() -> Answer:
            answer = self.answer(url, self.clock())
            self.got.append(Got(self.clock(), url, headers, body, answer.status))
            return answer

        return self.around("post", there)

    def _queue(self, name: str, body: str, delay: int) -> None:
        self.sent += 1
        self.queues[name].append(Message(f"message-{self.sent}", body, self.clock() + timedelta(seconds=delay)))

    # What AWS does with the functions.
    def session_event(self, session: str, version: int, order: Mapping[str, Any] | None, **state: Any) -> None:
        """Write an event of a session as its store does, and tell the stream's function of it until it lives."""
        record = {
            "sessionId": session,
            "version": version,
            "eventId": f"evt-{session}-{version}",
            "event": "checkout.session.updated",
            "at": "2026-01-02T03:04:05.678Z",
            "state": {"clientId": CLIENT_ID, **state, **({"order": json.dumps(order)} if order else {})},
        }
        item = to_item(record)
        self.dynamodb.put_item(TableName=self.tables["checkout-sessions"], Item=item)
        self.stream(item)

    def stream(self, *items: Mapping[str, Any]) -> None:
        """Hand new items to the stream's function as one batch, until it lives."""
        records = {
            "Records": [
                {
                    "eventID": str(number),
                    "dynamodb": {"Keys": {k: item[k] for k in ("sessionId", "version") if k in item}, "NewImage": item},
                }
                for number, item in enumerate(items, 1)
            ]
        }
        while self._dies(lambda: publish_checkout_events.handler(records, CONTEXT)):
            pass

    def run(self, until: datetime) -> None:
        """Let the queues' functions and the schedule run until a moment."""
        tick = self.clock() + timedelta(minutes=1)
        while self.clock() < until:
            moments = [message.at for queue in self.queues.values() for message in queue]
            self.clock.now = min([until, tick, *[max(at, self.clock()) for at in moments]])
            if self.clock() >= tick:
                tick += timedelta(minutes=1)
                self._dies(lambda: release_webhooks.handler({}, CONTEXT))
            for name, handler in ((UPDATES, take_order_updates.handler), (ATTEMPTS, send_webhooks.handler)):
                for message in [each for each in self.queues[name] if each.at <= self.clock()]:
                    self._hand_out(name, message, handler)

    def _hand_out(self, name: str, message: Message, handler: Callable[..., Any]) -> None:
        message.at = self.clock() + _HIDDEN
        failed: list[Any] = []

        def call() -> None:
            record = {"messageId": message.message_id, "body": message.body}
            failed.extend(handler({"Records": [record]}, CONTEXT)["batchItemFailures"])

        if not self._dies(call) and not failed:
            self.queues[name].remove(message)

    def _dies(self, call: Callable[[], Any]) -> bool:
        try:
            call()
        except ProcessDied:
            self.deaths += 1
            return True
        return False


class _Watched:
    """A client whose every call passes `around`."""

    def __init__(self, target: Any, pipeline: Pipeline) -> None:
        self._target, self._pipeline = target, pipeline

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._target, name)
        return lambda **request: self._pipeline.around(name, lambda: call(**request))


def plumbed(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, key_arn: str) -> Pipeline:
    """Let the four functions run in this pipeline."""
    real = {name: aws.client(name) for name in ("dynamodb", "kms")}
    clients = {
        name: _Watched(target, pipeline) for name, target in (*real.items(), ("sns", pipeline), ("sqs", pipeline))
    }
    for module in (publish_checkout_events, take_order_updates, send_webhooks, release_webhooks):
        monkeypatch.setattr(module, "client", clients.__getitem__)
    for module in (take_order_updates, send_webhooks, release_webhooks):
        monkeypatch.setattr(module, "utc_now", pipeline.clock)
    monkeypatch.setattr(send_webhooks, "post", pipeline.post)
    send_webhooks._sealer.cache_clear()
    monkeypatch.setenv("CHECKOUT_EVENTS_TOPIC_ARN", "arn:aws:sns:eu-central-1:123456789012:checkout-events")
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", DEAD_LETTERS)
    monkeypatch.setenv("WEBHOOK_ATTEMPTS_QUEUE_URL", ATTEMPTS)
    monkeypatch.setenv("KMS_KEY_ARN", key_arn)
    return pipeline
