"""Counting each change of an order or a rating exactly once, whatever came before it, twice or never.

The ledger remembers of each what the counters hold of it. A change replaces that, and the difference goes to the
counters in the same transaction. So a repeated change changes nothing, an older one that comes late changes nothing,
and one that was lost is made up for by the next.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from orderflow.analytics.change import Change, newest
from orderflow.analytics.counted import Facts, Row, difference
from orderflow.analytics.errors import CountedMeanwhileError, UncountableError
from orderflow.runtime.errors import TransientError

# docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html: items of a transaction, and operators of
# an expression (300), of which a figure takes one.
MAX_ITEMS = 100
MAX_FIGURES = 200
MAX_CHANGES = 100  # what one BatchGetItem reads
_ATTEMPTS = 5
_FIRST_PAUSE = 0.05  # seconds; doubles at each attempt, with full jitter


@dataclass(frozen=True)
class Counted:
    """What the ledger has of an order or a rating; `revision` says how often that was written."""

    version: int
    facts: Facts | None
    revision: int


@dataclass
class Step:
    """Changes that are counted together or not at all, each with what was counted before, and what that adds."""

    changes: list[tuple[Change, Counted | None]] = field(default_factory=list)
    rows: dict[Row, dict[str, int]] = field(default_factory=dict)

    def with_change(self, change: Change, counted: Counted | None) -> "Step":
        """Return the step with one more change."""
        rows: defaultdict[Row, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        for added in (self.rows, difference(change.day, counted.facts if counted else None, change.facts)):
            for row, figures in added.items():
                for name, amount in figures.items():
                    rows[row][name] += amount
        # What cancels out stays: it costs an addition of nothing, and the bounds stay simple.
        return Step([*self.changes, (change, counted)], {row: dict(figures) for row, figures in rows.items()})

    @property
    def fits(self) -> bool:
        """Whether one transaction can hold it; a single order always can, of fifty products at most."""
        figures = max(map(len, self.rows.values()), default=0)
        return len(self.changes) + len(self.rows) <= MAX_ITEMS and figures <= MAX_FIGURES


class CounterStore(Protocol):
    """The ledger and the counters."""

    def counted(self, changes: Sequence[Change]) -> Mapping[str, Counted]:
        """Return what is counted of at most 100 orders and ratings, by subject, as of now."""
        ...

    def record(self, step: Step) -> None:
        """Write ledger and counters, all or nothing; raises CountedMeanwhileError, UncountableError, TransientError."""
        ...


@dataclass(frozen=True)
class Counting:
    """Counts changes. For repair, `again` counts also the version that is counted, if its facts differ."""

    store: CounterStore
    sleep: Callable[[float], None] = time.sleep
    again: bool = False

    def count(self, changes: Iterable[Change]) -> frozenset[str]:
        """Count changes of at most 100 subjects and return those that could not be counted."""
        waiting, lost = newest(changes), set()
        for attempt in range(_ATTEMPTS):
            if attempt:
                self.sleep(random.uniform(0, _FIRST_PAUSE * 2**attempt))
            left: list[Change] = []
            for step in self._steps(waiting):
                try:
                    self.store.record(step)
                except (CountedMeanwhileError, TransientError):
                    left += [change for change, _ in step.changes]
                except UncountableError:
                    lost |= self._one_by_one(step)
            waiting = left
            if not waiting:
                break
        return frozenset(lost | {change.subject for change in waiting})

    def _steps(self, changes: Sequence[Change]) -> Iterator[Step]:
        if not changes:
            return
        counted = self.store.counted(changes)
        step = Step()
        for change in changes:
            known = counted.get(change.subject)
            if not self._is_news(change, known):
                continue
            larger = step.with_change(change, known)
            if step.changes and not larger.fits:
                yield step
                larger = Step().with_change(change, known)
            step = larger
        if step.changes:
            yield step

    def _is_news(self, change: Change, known: Counted | None) -> bool:
        if known is None or change.version > known.version:
            return True
        return self.again and change.version == known.version and change.facts != known.facts

    def _one_by_one(self, step: Step) -> set[str]:
        """Count what can be counted of a step that cannot: one must not keep the others from being counted."""
        if len(step.changes) == 1:
            return {change.subject for change, _ in step.changes}
        lost: set[str] = set()
        for change, _ in step.changes:
            lost |= self.count([change])
        return lost
