"""The agents' side of a simulated shop: what SNS, SQS and streams bring to the checkout, and what agents are sent.

Streams and queues bring again what was not handled. A receiver has got a request, whether or not its sender lived on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from orderflow.checkout.webhooks.delivery import Answer
from tests.support.simulation.messaging import DelayedQueue
from tests.support.webhook_pipeline import ATTEMPTS, UPDATES, Got

if TYPE_CHECKING:
    from tests.support.simulation.account import Shop

EVENTS_TOPIC = "checkout_events"
WELL = Answer(5, 200)
_ORDER_TOPICS = ("order_completed", "order_failed")
_HIDDEN = timedelta(minutes=3)  # how long a message that was not deleted stays invisible
_DELIVERIES = 5  # of one message, before it would be a dead letter
_MINUTES = 24 * 60  # in which all webhooks of a scenario arrive
_CONSUMERS = {UPDATES: "take_order_updates", ATTEMPTS: "send_webhooks"}


class KeyService:
    """KMS: what it encrypts opens for the same context, and for no other."""

    def encrypt(self, *, Plaintext: bytes, EncryptionContext: Mapping[str, str], **_: Any) -> dict[str, bytes]:  # noqa: N803 - AWS's own names
        return {"CiphertextBlob": json.dumps([Plaintext.decode()[::-1], EncryptionContext]).encode()}

    def decrypt(self, *, CiphertextBlob: bytes, EncryptionContext: Mapping[str, str], **_: Any) -> dict[str, bytes]:  # noqa: N803 - AWS's own names
        backwards, context = json.loads(CiphertextBlob)
        assert context == dict(EncryptionContext)
        return {"Plaintext": backwards[::-1].encode()}


@dataclass
class Agents:
    """`answers` are what the next requests of webhooks are answered, those after them `always`.

    `unreadable` are records that stand before all others in the sessions' stream.
    """

    shop: "Shop"
    got: list[Got] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    always: Answer = WELL
    unreadable: list[dict[str, Any]] = field(default_factory=list)
    followed: int = 0  # notices of orders that follow_orders was told
    published: int = 0  # records of the sessions' stream that were handled

    def __post_init__(self) -> None:
        self.queues = {name: DelayedQueue(lambda: self.shop.now) for name in _CONSUMERS}

    def receive(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer one webhook as its receiver does."""
        answer = self.answers.pop(0) if self.answers else self.always
        self.got.append(Got(self.shop.now, url, headers, body, answer.status))
        return answer

    def go_on(self) -> None:
        """Let sessions follow their orders, and agents hear of it, until nothing is left to do."""
        if not self.shop.stream("checkout-sessions"):
            return
        while self.shop.dies("expire_checkout_sessions", {}):
            self.shop.advance(minutes=5)
        self._follow()
        self._publish()
        for _ in range(_MINUTES):
            self._consume()
            if not any(queue.messages for queue in self.queues.values()) and not self._waits():
                return
            self.shop.advance(minutes=1)
            self.shop.dies("release_webhooks", {})

    def _follow(self) -> None:
        notices = self.shop.topics.notices
        while self.followed < len(notices):
            notice = notices[self.followed]
            if notice.topic.replace("-", "_") in _ORDER_TOPICS:
                record = {"messageId": f"notice-{self.followed}", "body": json.dumps(notice.message)}
                assert any(self._handles("follow_orders", record) for _ in range(_DELIVERIES)), "a dead letter"
            self.followed += 1

    def _publish(self) -> None:
        records = self.shop.stream("checkout-sessions")[self.published :]
        if not self.published:
            records = [*self.unreadable, *records]
        while records and self.shop.dies("publish_checkout_events", {"Records": records}):
            pass
        self.published = len(self.shop.stream("checkout-sessions"))

    def _consume(self) -> None:
        while any(queue.visible() for queue in self.queues.values()):
            for name, queue in self.queues.items():
                for message in queue.visible():
                    message.at = self.shop.now + _HIDDEN
                    if self._handles(_CONSUMERS[name], {"messageId": message.message_id, "body": message.body}):
                        queue.messages.remove(message)

    def _handles(self, function: str, record: Mapping[str, str]) -> bool:
        failed: list[Any] = []
        died = self.shop.dies(function, {"Records": [record]}, failed)
        return not died and not failed

    def _waits(self) -> bool:
        return any("dueAt" in row for row in self.shop.rows("webhook-deliveries"))
