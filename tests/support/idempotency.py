"""Idempotency keys for tests: records in memory that keep DynamoDB's conditions, and requests that have a key."""

from dataclasses import dataclass, field
from typing import Any

from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.keys import IdempotencyKeys, KeyWrite
from orderflow.runtime.idempotency.once import Once, once
from orderflow.runtime.idempotency.record import Record
from orderflow.runtime.json_text import json_text
from tests.support.frozen import CountingIds, FrozenClock

CREATED = Answer(201, json_text({"id": "thing-1", "name": "Bücher"}), {"Location": "/things/thing-1"})


@dataclass
class InMemoryRecords:
    """Keys in a dict. A fake store calls `save` before its own write: that is its transaction."""

    kept: dict[str, Record] = field(default_factory=dict)

    def find(self, once_id: str) -> Record | None:
        return self.kept.get(once_id)

    def save(self, write: KeyWrite) -> None:
        present = self.kept.get(write.after.once.id)
        if present == write.after:
            return
        if write.before is None:
            free = present is None or present.expires_at <= write.now
        else:
            free = present is not None and (present.holder, present.fence) == (write.before.holder, write.before.fence)
        if not free:
            raise KeyTakenError
        self.kept[write.after.once.id] = write.after


def keys_on(records: Any, clock: FrozenClock | None = None) -> IdempotencyKeys:
    """Return keys over these records; every try has a holder of its own."""
    return IdempotencyKeys(records, clock or FrozenClock(), CountingIds())


def asked(key: str = "key-1", body: Any = "one", caller: str = "customer-1", path: str = "POST /things") -> Once:
    """Return what recognises a request."""
    return once(caller, path, key, {"body": body})
