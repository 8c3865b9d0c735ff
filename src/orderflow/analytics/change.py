"""One change of an order or of a rating as it travels from its table's stream to the counters."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from orderflow.analytics.counted import Facts, facts_of, from_record
from orderflow.analytics.errors import UnreadableChangeError
from orderflow.orders.order import Order


@dataclass(frozen=True)
class Change:
    """An order's or a rating's facts at one of its versions, or None: it is gone, or does not count.

    `subject` names it in the ledger: an order by its id. `day` is the day it was placed or given, ISO 8601. Subject and
    version identify a change wherever it turns up, however often and in whatever order.
    """

    subject: str
    day: str
    version: int
    facts: Facts | None

    def as_message(self) -> str:
        """Return the change as the body of a message."""
        return json.dumps({
            "subject": self.subject,
            "day": self.day,
            "version": self.version,
            "facts": self.facts.as_record() if self.facts else None,
        })  # fmt: skip


def day_of(order: Order) -> str:
    """Return the day (UTC) that an order counts on: that of its placing, whatever becomes of it later."""
    return order.created_at[:10]


def change_of(order: Order) -> Change:
    """Return an order as it is now, as a change."""
    return Change(order.order_id, day_of(order), order.version, facts_of(order))


def from_message(body: str) -> Change:
    """Return the change in a message's body; raises UnreadableChangeError."""
    try:
        told = json.loads(body)
        facts = from_record(told["facts"]) if told["facts"] is not None else None
        return Change(str(told["subject"]), str(told["day"]), int(told["version"]), facts)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableChangeError(f"no change that counts ({type(error).__name__}: {error})") from error


def newest(changes: Iterable[Change]) -> list[Change]:
    """Return the newest change of each order and rating: it says all that the older ones said."""
    latest: dict[str, Change] = {}
    for change in changes:
        known = latest.get(change.subject)
        if known is None or change.version > known.version:
            latest[change.subject] = change
    return list(latest.values())
