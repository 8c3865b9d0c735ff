"""Whether the counters of analytics are what orders and ratings add up to, and making them so while those change."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from orderflow.analytics.audit import CounterAudit, CounterRow, LedgerEntry, correct_day, total
from orderflow.analytics.change import Change, change_of
from orderflow.analytics.counted import CountedRating, Facts, Row, day_of
from orderflow.analytics.counting import Counting
from orderflow.analytics.period import Period
from orderflow.analytics.rating_change import change_of_rating
from orderflow.feedback.audit import RatingAudit
from orderflow.orders.audit import OrderAudit
from orderflow.runtime.audit import Finding

# Changes are counted within half a minute: what differs twice by the same amount, so far apart, is not on its way.
SETTLE_SECONDS = 30


@dataclass(frozen=True)
class Difference:
    """One figure that is not what orders and ratings add up to; not `certain`: it moved between two looks."""

    row: Row
    figure: str
    expected: int
    actual: int
    certain: bool = True

    @property
    def off(self) -> tuple[Row, str, int]:
        """Which figure, and by how much: the same at two looks when only others moved."""
        return self.row, self.figure, self.actual - self.expected


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did: rows it corrected, rows that never stood still, what could not be counted."""

    corrected: int
    busy: int
    uncounted: int


@dataclass
class Recount:
    """Compares and corrects the counters of orders placed and ratings given in `period`, None: ever.

    Memory grows with the period's rows. It waits `wait` seconds between two looks. The last look could not read the
    rows `unreadable`: what they add is not known; it read `examined` orders and `rated` ratings of the period.
    """

    orders: OrderAudit
    ratings: RatingAudit
    counters: CounterAudit
    counting: Counting
    period: Period | None = None
    wait: int = SETTLE_SECONDS
    sleep: Callable[[float], None] = time.sleep
    unreadable: list[Finding] = field(default_factory=list)
    examined: int = 0
    rated: int = 0

    def verify(self) -> list[Difference]:
        """Return every figure that differs; changes nothing. Only what differs twice is certain."""
        first = {difference.off for difference in self._differences()}
        if not first:
            return []
        self.sleep(self.wait)
        return [replace(each, certain=each.off in first) for each in self._differences()]

    def rebuild(self) -> Rebuilt:
        """Count every order and rating again that the ledger does not have as it is, then make each day add up."""
        uncounted = 0
        for changes in self._changes():
            uncounted += len(self.counting.count(changes))
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
        self.examined = self.rated = 0
        actual = {each.row: each.figures for page in self._pages() for each in page if isinstance(each, CounterRow)}
        expected = total(self._facts())
        return [
            Difference(row, figure, wanted.get(figure, 0), there.get(figure, 0))
            for row in sorted(expected.keys() | actual.keys())
            for wanted, there in [(expected.get(row, {}), actual.get(row, {}))]
            for figure in sorted(wanted.keys() | there.keys())
            if wanted.get(figure, 0) != there.get(figure, 0)
        ]

    def _facts(self) -> Iterator[tuple[str, Facts]]:
        for changes in self._changes():
            for change in changes:
                if isinstance(change.facts, CountedRating):
                    self.rated += 1
                else:
                    self.examined += 1
                if change.facts:
                    yield change.day, change.facts

    def _changes(self) -> Iterator[list[Change]]:
        for orders in self.orders.pages():
            self.unreadable += orders.unreadable
            yield self._covered(change_of(record.order) for record in orders.records)
        for ratings in self.ratings.ratings():
            self.unreadable += ratings.unreadable
            yield self._covered(map(change_of_rating, ratings.records))

    def _covered(self, changes: Iterable[Change]) -> list[Change]:
        return [change for change in changes if self._covers(change.day)]

    def _pages(self) -> Iterator[list[CounterRow | LedgerEntry]]:
        for page in self.counters.pages():
            self.unreadable += page.unreadable
            yield [each for each in page.records if self._covers(_day(each))]

    def _gone(self, ledger: Iterable[LedgerEntry]) -> list[Change]:
        entries = [entry for entry in ledger if entry.counted.facts]
        rated = {entry.subject for entry in entries if isinstance(entry.counted.facts, CountedRating)}
        placed = [entry.subject for entry in entries if entry.subject not in rated]
        known = self.orders.known(placed) | self.ratings.counting(sorted(rated))
        return [
            Change(entry.subject, entry.day, entry.counted.version + 1, None)
            for entry in entries
            if entry.subject not in known
        ]

    def _covers(self, day: str) -> bool:
        return self.period is None or day in self.period


def _day(record: CounterRow | LedgerEntry) -> str:
    return record.day if isinstance(record, LedgerEntry) else day_of(record.row)
