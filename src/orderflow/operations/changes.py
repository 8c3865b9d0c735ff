"""What was changed of one thing, and by whom: the audit trail, the operators' journal and an order's history in one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orderflow.customers.audit_trail import Recorded
from orderflow.operations.journal import Entry
from orderflow.orders.order import Order


@dataclass(frozen=True)
class Change:
    """One change: `source` is trail, journal or history; `request` is the request's or the operation's id."""

    at: datetime
    source: str
    action: str
    by: str
    request: str | None = None
    before: Any = None
    after: Any = None


def changes(trail: Iterable[Recorded], journal: Iterable[Entry], order: Order | None = None) -> list[Change]:
    """Return all of them, oldest first; of one instant the trail's comes first, as it tells who and how."""
    found = [_of_trail(each) for each in trail]
    found += [_of_journal(each) for each in journal]
    found += [
        Change(
            datetime.fromisoformat(each.at),
            "history",
            each.status.value,
            each.by,
            after={"statusReason": each.reason} if each.reason else None,
        )
        for each in (order.history if order else ())
    ]
    return sorted(found, key=lambda change: change.at)


def _of_trail(recorded: Recorded) -> Change:
    entry = recorded.entry
    return Change(entry.at, "trail", entry.action, entry.by, entry.request_id, entry.before, entry.after)


def _of_journal(entry: Entry) -> Change:
    operation = entry.operation
    action = f"{operation.command}, {entry.phase.value}: {operation.reason}"
    return Change(entry.at, "journal", action, operation.by, operation.operation_id, entry.before, entry.after)
