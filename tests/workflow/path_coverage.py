"""Which ways of a machine its cases take: every state, transition, retrier and catcher, and a report of them."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.rules.workflows.machine import Machine, edges_of
from tests.support.asl.data import chosen
from tests.support.asl.run import matches
from tests.support.step_functions import Execution, failure_of

KINDS = ("states", "transitions", "retriers", "catchers")


@dataclass(frozen=True, order=True)
class Way:
    """One thing that a case can reach: `ReserveStock: catch 0`; `kind` is one of KINDS."""

    state: str
    kind: str
    detail: str

    def __str__(self) -> str:
        return f"{self.state}: {self.detail}"


@dataclass(frozen=True)
class Coverage:
    """What the cases of one machine reached, of what there is."""

    machine: str
    cases: int
    all: frozenset[Way]
    taken: frozenset[Way]

    @property
    def missed(self) -> list[str]:
        """What no case reached, in words."""
        return [str(way) for way in sorted(self.all - self.taken)]

    def row(self) -> list[str]:
        """Return the machine's line of the report: its name, its cases, then reached/all of each kind."""
        counts = [
            f"{sum(way.kind == kind for way in self.all & self.taken)}/{sum(way.kind == kind for way in self.all)}"
            for kind in KINDS
        ]
        return [self.machine, str(self.cases), *counts]


def coverage(machine: Machine, executions: Iterable[Execution]) -> Coverage:
    """Return what these executions reached of their machine."""
    taken, cases = set(), 0
    for execution in executions:
        taken |= set(ways_taken(machine, execution))
        cases += 1
    return Coverage(machine.name, cases, frozenset(all_ways(machine)), frozenset(taken))


def report(found: Iterable[Coverage]) -> str:
    """Return the table of all machines, and what is missing below it."""
    found = list(found)
    rows = [["machine", "cases", *KINDS], *(each.row() for each in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    missed = [f"not reached: {each.machine}: {way}" for each in found for way in each.missed]
    return "\n".join([*lines, *missed]) + "\n"


def all_ways(machine: Machine) -> Iterator[Way]:
    """Yield every state, every transition out of it, every retrier and every catcher."""
    for name, state in machine.states.items():
        yield Way(name, "states", "entered")
        for edge in edges_of(name, state):
            yield Way(name, "catchers" if edge.kind.startswith("catch") else "transitions", edge.kind)
        for index, _ in enumerate(state.get("Retry", [])):
            yield Way(name, "retriers", f"retry {index}")


def ways_taken(machine: Machine, execution: Execution) -> Iterator[Way]:
    """Yield what one execution reached, as its history tells."""
    visits = list(execution.visits())
    followers = [name for name, _ in visits[1:]]
    for index, ((name, events), following) in enumerate(itertools.zip_longest(visits, followers)):
        yield Way(name, "states", "entered")
        state = machine.states[name]
        errors = [error for event in events if (error := failure_of(event)) is not None]
        failed = bool(errors) and not any(event["type"] == "TaskSucceeded" for event in events)
        for error in errors[:-1] if failed else errors:
            yield Way(name, "retriers", f"retry {first_for(state['Retry'], error)}")
        if failed and following is not None:
            yield Way(name, "catchers", f"catch {first_for(state['Catch'], errors[-1])}")
        elif following is not None:
            yield Way(name, "transitions", _kind_of_edge(machine, execution, index, following))


def first_for(entries: list[dict[str, object]], error: str) -> int:
    """Return which retrier or catcher an error finds first."""
    return next(index for index, entry in enumerate(entries) if matches(entry, error))


def _kind_of_edge(machine: Machine, execution: Execution, visit: int, following: str) -> str:
    name = execution.states[visit]
    state = machine.states[name]
    kinds = [e.kind for e in edges_of(name, state) if e.target == following and not e.kind.startswith("catch")]
    if len(kinds) == 1:
        return kinds[0]
    # Several rules of one Choice lead to the same state: the input tells which of them held.
    context = {"Execution": {"Id": execution.arn, "Name": execution.arn.rpartition(":")[2]}}
    kind, _ = chosen(state, execution.inputs[visit], context)
    return kind
