"""What a person left behind, in memory: profile, account and pictures, and what orders tell of their customer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orderflow.customers.user import User
from orderflow.orders.erasing import Traces
from orderflow.orders.erasure_records import without_customer
from orderflow.orders.status import OrderStatus
from orderflow.runtime.trail import Author
from tests.support.users import InMemoryPool


@dataclass
class InMemoryPeople:
    """Profiles, accounts and pictures; `purged` says whom each profile was removed for, and by which request."""

    profiles: dict[str, User] = field(default_factory=dict)
    pool: InMemoryPool = field(default_factory=InMemoryPool)
    pictures: dict[str, list[str]] = field(default_factory=dict)
    purged: list[tuple[str, str]] = field(default_factory=list)

    def find(self, user_id: str) -> User | None:
        return self.profiles.get(user_id)

    def purge(self, user: User, at: datetime, author: Author) -> None:
        if self.profiles[user.user_id].is_deleted:
            del self.profiles[user.user_id]
            self.purged.append((author.by, author.request_id))

    def all_of(self, user_id: str) -> list[str]:
        return self.pictures.get(user_id, [])

    def remove_all_of(self, user_id: str) -> None:
        self.pictures.pop(user_id, None)


@dataclass
class InMemoryTraces:
    """Orders by their records; one that is `moving` has moved whenever it is to be written."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    moving: set[str] = field(default_factory=set)

    def of_customer(self, user_id: str) -> Iterator[Traces]:
        for _, record in sorted(self.records.items()):
            if record["userId"] == user_id:
                yield _traces(record)

    def of_order(self, order_id: str) -> Traces | None:
        return _traces(self.records[order_id]) if order_id in self.records else None

    def erase(self, traces: Traces, at: datetime, author: Author) -> bool:
        record = self.records[traces.order_id]
        if traces.order_id in self.moving or record["version"] != traces.version:
            return False
        self.records[traces.order_id] = {**record, **traces.without, "version": traces.version + 1}
        return True


def _traces(record: dict[str, Any]) -> Traces:
    status, left = OrderStatus(record["status"]), without_customer(record)
    return Traces(record["orderId"], record["userId"], status, record["version"], "openGroup" in record, left)
