"""What an audit of the real tables finds: one shape for every context's own checks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Record = TypeVar("Record")


@dataclass(frozen=True)
class Finding:
    """An invariant's name, what breaks it (an order, a product) and how; not `certain`: it moved while it was read."""

    rule: str
    subject: str
    message: str
    certain: bool = True


@dataclass(frozen=True)
class Page(Generic[Record]):
    """Some rows of a table, and a finding for each row that is not what the code writes."""

    records: list[Record]
    unreadable: list[Finding]


def page_of(rows: Iterable[dict[str, Any]], key: str, parse: Callable[[dict[str, Any]], Record]) -> Page[Record]:
    """Parse rows one by one: a row that somebody broke by hand is a finding, never the end of the audit."""
    records, unreadable = [], []
    for row in rows:
        try:
            records.append(parse(row))
        except (KeyError, TypeError, ValueError) as error:
            message = f"the row cannot be read ({type(error).__name__}: {error}); compare it with a healthy one"
            unreadable.append(Finding("row-is-readable", f"{key} {row[key]}", message))
    return Page(records, unreadable)
