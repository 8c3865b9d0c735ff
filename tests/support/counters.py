"""Ledger and counters in memory, as strict as the table; and builders of what goes in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from orderflow.analytics.audit import CounterRow, LedgerEntry, without_zeros
from orderflow.analytics.change import Change
from orderflow.analytics.counted import CountedOrder, CountedRating, Figures, Row
from orderflow.analytics.counting import MAX_ITEMS, Counted, Step
from orderflow.analytics.errors import CountedMeanwhileError
from orderflow.analytics.period import Period
from orderflow.runtime.audit import Page

DAY = "2026-01-02"
ORDER_ID = "01JFR0ZEN00000000000000001"
ROW_ID = "fbk_0001#ITEM001"
Fault = Callable[[], None]


def no_fault() -> None:
    """Nothing goes wrong."""


def facts(status: str = "CONFIRMED", **told: object) -> CountedOrder:
    """Return the facts of an order of two ITEM001."""
    values: dict[str, object] = {
        "user_id": "customer-1",
        "currency": "EUR",
        "total": 3998,
        "refunded": 0,
        "units": {"ITEM001": 2},
    }
    return CountedOrder(status=status, **values | told)  # type: ignore[arg-type]  # the dataclass checks the names when it runs


def rated(version: int = 1, rating: int | None = 4, row_id: str = ROW_ID, user_id: str = "customer-1") -> Change:
    """Return a rating of a product at one of its revisions; None: it does not count."""
    return Change(row_id, DAY, version, None if rating is None else CountedRating(user_id, rating))


def change(version: int = 1, status: str = "CONFIRMED", order_id: str = ORDER_ID, **told: object) -> Change:
    """Return an order at one of its versions."""
    return Change(order_id, DAY, version, facts(status, **told))


@dataclass
class InMemoryCounters:
    """Every port of analytics over two dicts. `before` and `after` run around each write, and may raise."""

    entries: dict[str, LedgerEntry] = field(default_factory=dict)
    table: dict[Row, CounterRow] = field(default_factory=dict)
    before: Fault = no_fault
    after: Fault = no_fault
    steps: list[Step] = field(default_factory=list)

    def counted(self, changes: Sequence[Change]) -> Mapping[str, Counted]:
        assert len({each.subject for each in changes}) == len(changes) <= 100
        return {each.subject: self.entries[each.subject].counted for each in changes if each.subject in self.entries}

    def record(self, step: Step) -> None:
        assert len(step.changes) + len(step.rows) <= MAX_ITEMS, "a transaction takes no more"
        self.before()
        for told, counted in step.changes:
            present = self.entries.get(told.subject)
            if (present.counted.revision if present else None) != (counted.revision if counted else None):
                raise CountedMeanwhileError
        for told, counted in step.changes:
            revision = (counted.revision if counted else 0) + 1
            entry = LedgerEntry(told.subject, told.day, Counted(told.version, told.facts, revision))
            self.entries[told.subject] = entry
        for row, figures in step.rows.items():
            there = self.table.get(row, CounterRow(row, {}, 0))
            names = there.figures.keys() | figures.keys()
            sums = {name: there.figures.get(name, 0) + figures.get(name, 0) for name in names}
            self.table[row] = CounterRow(row, sums, there.revision + 1)
        self.steps.append(step)
        self.after()

    @property
    def figures(self) -> dict[Row, dict[str, int]]:
        """Everything that is not zero."""
        told = {row: without_zeros(each.figures) for row, each in self.table.items()}
        return {row: figures for row, figures in told.items() if figures}

    def pages(self) -> Iterator[Page[CounterRow | LedgerEntry]]:
        rows = [CounterRow(each.row, without_zeros(each.figures), each.revision) for each in self.table.values()]
        yield Page([*self.entries.values(), *rows], [])

    def ledger(self, day: str) -> Iterator[LedgerEntry]:
        return iter([each for each in self.entries.values() if each.day == day])

    def rows(self, rows: Sequence[Row]) -> Mapping[Row, CounterRow]:
        assert len(set(rows)) == len(rows) <= 100
        there = [self.table[row] for row in rows if row in self.table]
        return {each.row: CounterRow(each.row, without_zeros(each.figures), each.revision) for each in there}

    def correct(self, row: Row, figures: Figures, revision: int | None) -> None:
        self.before()
        present = self.table.get(row)
        if (present.revision if present else None) != revision:
            raise CountedMeanwhileError
        self.table[row] = CounterRow(row, dict(figures), (revision or 0) + 1)

    def lines(self, book: str, period: Period) -> Mapping[str, Figures]:
        return {
            row.line: each.figures
            for row, each in self.table.items()
            if row.book == book and row.line.partition("#")[0] in period
        }

    def best(self, book: str, limit: int) -> Mapping[str, int]:
        found = {row.line: each.figures["units"] for row, each in self.table.items() if row.book == book}
        return dict(sorted(found.items(), key=lambda each: -each[1])[:limit])
