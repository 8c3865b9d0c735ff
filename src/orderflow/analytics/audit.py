"""The audit of the counters by themselves: they are what the ledger adds up to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from orderflow.analytics.counted import Facts, Figures, Row, contribution
from orderflow.analytics.counting import Counted
from orderflow.analytics.errors import CountedMeanwhileError
from orderflow.runtime.audit import Page

_ATTEMPTS = 5
_READ = 100  # rows: what one BatchGetItem takes


@dataclass(frozen=True)
class CounterRow:
    """A row of counters as it stands; figures that are zero are left out."""

    row: Row
    figures: Figures
    revision: int


@dataclass(frozen=True)
class LedgerEntry:
    """What is counted of an order that was placed, or a rating that was given, on `day`."""

    subject: str
    day: str
    counted: Counted


class CounterAudit(Protocol):
    """Ledger and counters, read whole or for certain, and corrected: for audits only."""

    def pages(self) -> Iterator[Page[CounterRow | LedgerEntry]]:
        """Return everything there is, at most 100 at a time."""
        ...

    def ledger(self, day: str) -> Iterator[LedgerEntry]:
        """Return a day's ledger as of now."""
        ...

    def rows(self, rows: Sequence[Row]) -> Mapping[Row, CounterRow]:
        """Return those of at most 100 rows that there are, as of now."""
        ...

    def correct(self, row: Row, figures: Figures, revision: int | None) -> None:
        """Replace a row of that revision, None: one that is not there; raises CountedMeanwhileError."""
        ...


def total(counted: Iterable[tuple[str, Facts | None]]) -> dict[Row, dict[str, int]]:
    """Return the counters that orders and ratings, each with its day, add up to; zeros left out."""
    sums: defaultdict[Row, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day, facts in counted:
        for row, figures in contribution(day, facts).items():
            for name, amount in figures.items():
                sums[row][name] += amount
    return {row: without_zeros(figures) for row, figures in sums.items()}


def without_zeros(figures: Figures) -> dict[str, int]:
    """Return the figures that say something."""
    return {name: amount for name, amount in figures.items() if amount}


def correct_day(day: str, rows: Iterable[Row], counters: CounterAudit) -> tuple[int, int]:
    """Make a day's counters what its ledger adds up to, also while orders change; `rows` are those known to be there.

    Returns how many rows were corrected, and how many changed whenever they were looked at. Ledger and rows are written
    together: a row that stays the same from before the ledger is read until it is written missed no change of it.
    """
    known, corrected, busy = set(rows), 0, 0
    for _ in range(_ATTEMPTS):
        known |= _sums(day, counters).keys()
        found = _read(sorted(known), counters)
        sums, busy = _sums(day, counters), 0
        for row in sorted(known | sums.keys()):
            there = found.get(row)
            if (there.figures if there else {}) == sums.get(row, {}):
                continue
            try:
                counters.correct(row, sums.get(row, {}), there.revision if there else None)
            except CountedMeanwhileError:
                busy += 1
            else:
                corrected += 1
        if not busy:
            break
    return corrected, busy


def _sums(day: str, counters: CounterAudit) -> dict[Row, dict[str, int]]:
    return total((day, entry.counted.facts) for entry in counters.ledger(day))


def _read(rows: Sequence[Row], counters: CounterAudit) -> dict[Row, CounterRow]:
    found: dict[Row, CounterRow] = {}
    for first in range(0, len(rows), _READ):
        found |= counters.rows(rows[first : first + _READ])
    return found
