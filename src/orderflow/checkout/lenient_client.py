"""The client of requests without a key, on a developer's machine (mode lenient): it has a name and every scope."""

from dataclasses import dataclass
from datetime import datetime

from orderflow.clients.admission import Usage, UsageBook
from orderflow.clients.client_key import Scope, Validity
from orderflow.runtime.caller import Client

LENIENT = Client(
    key_id="lenient",
    secret_serial=0,
    scopes=frozenset({Scope.CHECKOUT_READ, Scope.CHECKOUT_WRITE}),
    owner="nobody",
    rate_per_minute=6000,
)


@dataclass(frozen=True)
class _AlsoLenient:
    others: UsageBook

    def count(self, key_id: str, at: datetime) -> Usage | None:
        if key_id == LENIENT.key_id:
            return Usage(1, Validity({LENIENT.secret_serial: None}))
        return self.others.count(key_id, at)


def with_lenient_client(usage: UsageBook) -> UsageBook:
    """Return where keys are counted, and where the lenient client is not: it has no key to be revoked."""
    return _AlsoLenient(usage)
