"""Client keys of the tests, and every port of their context in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orderflow.clients.admission import Usage
from orderflow.clients.api_key import digest, key_text
from orderflow.clients.changing import Change
from orderflow.clients.client_key import ClientKey, Secret
from orderflow.clients.errors import KeyNameTakenError
from orderflow.clients.key_records import name_id
from orderflow.runtime.caller import ADMIN_GROUP, Caller, Client
from orderflow.runtime.clock import iso
from tests.support.frozen import START

ADMIN, CUSTOMER = Caller("admin-1", frozenset({ADMIN_GROUP})), Caller("customer-1")
KEY_ID = "01JFR0ZEN00000000000000001"
SECRETS = [digits * 4 for digits in ("0123456789abcdef", "fedcba9876543210", "00112233445566aa", "ffeeddccbbaa9900")]
CREATED = iso(START)


def key_of(secret: str = SECRETS[0], key_id: str = KEY_ID) -> str:
    """Return a key as its machine has it."""
    return key_text(key_id, secret)


def client_key(key_id: str = KEY_ID, **facts: Any) -> ClientKey:
    """Return a key with one secret that may read stock, but for `facts`."""
    kept: dict[str, Any] = {
        "name": f"Warehouse {key_id[-1]}",
        "scopes": ("stock:read",),
        "rate_per_minute": 3,
        "owner": ADMIN.user_id,
        "created_at": CREATED,
        "secrets": (Secret(1, digest(SECRETS[0])),),
    }
    return ClientKey(key_id, **{**kept, **facts})


def machine(**facts: Any) -> Client:
    """Return the client behind that key."""
    kept: dict[str, Any] = {"scopes": frozenset({"stock:read"}), "owner": ADMIN.user_id, "rate_per_minute": 3}
    return Client(KEY_ID, facts.pop("secret_serial", 1), **{**kept, **facts})


@dataclass
class InMemoryKeys:
    """Implements KeyBook, KeyReader and UsageBook; `trail` holds what was done to which key."""

    keys: dict[str, ClientKey] = field(default_factory=dict)
    trail: list[tuple[str, Change]] = field(default_factory=list)
    used: dict[str, tuple[int, int, str]] = field(default_factory=dict)  # minute, requests, last
    names: dict[str, str] = field(default_factory=dict)
    faster: list[ClientKey] = field(default_factory=list)  # what others write just before the next write

    def find(self, key_id: str) -> ClientKey | None:
        return self.keys.get(key_id)

    def add(self, key: ClientKey, at: datetime) -> None:
        if name_id(key.name) in self.names:
            raise KeyNameTakenError(self.names[name_id(key.name)])
        self.names[name_id(key.name)] = key.key_id
        self.keys[key.key_id] = key
        self.trail.append((key.key_id, Change.GRANTED))

    def replace(self, before: ClientKey, after: ClientKey, change: Change, at: datetime) -> bool:
        if self.faster:
            self.keys[after.key_id] = self.faster.pop()
        if self.keys[before.key_id].version != before.version:
            return False
        self.keys[after.key_id] = after
        self.trail.append((after.key_id, change))
        if after.revoked_at:
            del self.names[name_id(after.name)]
        return True

    def page(self, limit: int, before: str | None) -> tuple[list[ClientKey], str | None]:
        ids = [key_id for key_id in sorted(self.keys, reverse=True) if before is None or key_id < before]
        return [self.keys[key_id] for key_id in ids[:limit]], ids[limit - 1] if len(ids) > limit else None

    def last_used(self, key_ids: Sequence[str]) -> dict[str, str]:
        return {key_id: self.used[key_id][2] for key_id in key_ids if key_id in self.used}

    def count(self, key_id: str, at: datetime) -> Usage | None:
        if key_id not in self.keys:
            return None
        now = int(at.timestamp()) // 60
        minute, requests, _ = self.used.get(key_id, (0, 0, ""))
        requests = requests + 1 if minute >= now else 1
        self.used[key_id] = (max(minute, now), requests, iso(at))
        return Usage(requests, self.keys[key_id].validity)
