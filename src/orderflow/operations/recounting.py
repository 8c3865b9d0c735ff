"""Whether the counters of analytics are what the orders add up to, and making them so, while orders go on changing."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from orderflow.analytics.audit import CounterAudit, CounterRow, LedgerEntry, correct_day, total
from orderflow.analytics.change import Change, change_of
from orderflow.analytics.counted import CountedOrder, Row, day_of
from orderflow.analytics.counting import Counting
from orderflow.analytics.period import Period
from orderflow.orders.audit import OrderAudit
from orderflow.runtime.audit import Finding

# Changes are counted within half a minute: what differs twice by the same amount, so far apart, is not on its way.
SETTLE_SECONDS = 30


@dataclass(frozen=True)
class Difference:
    """One figure that is not what the orders add up to; not `certain`: it moved between two looks."""

    row: Row
    figure: str
    expected: int
    actual: int
    certain: bool = True

    @property
    def off(self) -> tuple[Row, str, int]:
        """Which figure, and by how much: the same at two looks when only other orders moved."""
        return self.row, self.figure, self.actual - self.expected


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did: rows it corrected, rows that never stood still, orders that could not be counted."""

    corrected: int
    busy: int
    uncounted: int


@dataclass
class Recount:
    """Compares and corrects the counters of orders placed in `period`, None: ever; memory grows with the period's rows.

    It waits `wait` seconds between two looks. The last look could not read the rows `unreadable`: what they add is not
    known; it read `examined` orders of the period.
    """

    orders: OrderAudit
    counters: CounterAudit
    counting: Counting
    period: Period | None = None
    wait: int = SETTLE_SECONDS
    sleep: Callable[[float], None] = time.sleep
    unreadable: list[Finding] = field(default_factory=list)
    examined: int = 0

    def verify(self) -> list[Difference]:
        """Return every figure that differs; changes nothing. Only what differs twice is certain."""
        first = {difference.off for difference in self._differences()}
        if not first:
            return []
        self.sleep(self.wait)
        return [replace(each, certain=each.off in first) for each in self._differences()]

    def rebuild(self) -> Rebuilt:
        """Count every order again that the ledger does not have as it is, then make each day add up."""
        uncounted = 0
        for page in self.orders.pages():
            changes = [change_of(record.order) for record in page.records]
            uncounted += len(self.counting.count(each for each in changes if self._covers(each.day)))
        days: defaultdict[str, set[Row]] = defaultdict(set)
        for entries in self._pages():
            ledger = [each for each in entries if isinstance(each, LedgerEntry)]
            uncounted += len(self.counting.count(self._gone(ledger)))
            for entry in ledger:
                days[entry.day] |= set()
            for each in entries:
                if isinstance(each, CounterRow):
                    days[day_of(each.row)].add(each.row)
        done = [correct_day(day, rows, self.counters) for day, rows in sorted(days.items())]
        return Rebuilt(sum(corrected for corrected, _ in done), sum(busy for _, busy in done), uncounted)

    def _differences(self) -> list[Difference]:
        self.unreadable.clear()
        self.examined = 0
        actual = {each.row: each.figures for page in self._pages() for each in page if isinstance(each, CounterRow)}
        expected = total(self._orders())
        return [
            Difference(row, figure, wanted.get(figure, 0), there.get(figure, 0))
            for row in sorted(expected.keys() | actual.keys())
            for wanted, there in [(expected.get(row, {}), actual.get(row, {}))]
            for figure in sorted(wanted.keys() | there.keys())
            if wanted.get(figure, 0) != there.get(figure, 0)
        ]

    def _orders(self) -> Iterator[tuple[str, CountedOrder]]:
        for page in self.orders.pages():
            self.unreadable += page.unreadable
            for record in page.records:
                change = change_of(record.order)
                if change.facts and self._covers(change.day):
                    self.examined += 1
                    yield change.day, change.facts

    def _pages(self) -> Iterator[list[CounterRow | LedgerEntry]]:
        for page in self.counters.pages():
            self.unreadable += page.unreadable
            yield [each for each in page.records if self._covers(_day(each))]

    def _gone(self, ledger: Iterable[LedgerEntry]) -> list[Change]:
        entries = [entry for entry in ledger if entry.counted.facts]
        known = self.orders.known([entry.order_id for entry in entries])
        return [
            Change(entry.order_id, entry.day, entry.counted.version + 1, None)
            for entry in entries
            if entry.order_id not in known
        ]

    def _covers(self, day: str) -> bool:
        return self.period is None or day in self.period


def _day(record: CounterRow | LedgerEntry) -> str:
    return record.day if isinstance(record, LedgerEntry) else day_of(record.row)
