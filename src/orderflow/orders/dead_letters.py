"""Orders that could not be started: looked at, sent back to the order queue, or dropped, by an operator."""

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class DeadLetter:
    """One waiting message; `handle` is the queue's own and changes each time it is read."""

    message_id: str
    body: str
    attributes: Mapping[str, str]
    sent_at: datetime
    received: int
    handle: str

    def facts(self) -> dict[str, str]:
        """Return what a message can be chosen by: its id, its attributes and the plain fields of its body."""
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            body = None
        fields = body if isinstance(body, dict) else {}
        plain = {key: str(value) for key, value in fields.items() if isinstance(value, str | int)}
        return {**self.attributes, **plain, "messageId": self.message_id}

    def matches(self, where: Mapping[str, str]) -> bool:
        """Return whether each of the wanted facts is the message's."""
        facts = self.facts()
        return all(facts.get(key) == value for key, value in where.items())


class DeadLetterQueue(Protocol):
    """The dead letter queue and the queue it serves."""

    def waiting(self) -> AbstractContextManager[Iterator[DeadLetter]]:
        """Give every waiting message once; those that are not removed are visible again when the context ends."""
        ...

    def send_back(self, letter: DeadLetter) -> None:
        """Send a copy to the order queue."""
        ...

    def remove(self, letter: DeadLetter) -> None:
        """Take the message off the dead letter queue, for good."""
        ...


def replay(letter: DeadLetter, queue: DeadLetterQueue) -> None:
    """Send a message back and only then remove it: a crash between leaves it twice, and an order is started once."""
    queue.send_back(letter)
    queue.remove(letter)
