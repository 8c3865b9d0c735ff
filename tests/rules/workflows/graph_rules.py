"""Edges resolve, states are reached and reach an end, loops are bounded, the machine's time suffices."""

from collections.abc import Iterator
from typing import Any

from tests.rules.workflows.machine import CALL_OF_A_WAIT_SECONDS, Machine, edges_of, is_wait, seconds, texts


def dangling(machine: Machine) -> Iterator[str]:
    """A way that leads nowhere, a state that nothing leads to, a state without an end before it."""
    for label, scope in machine.scopes:
        ways = ways_of(scope)
        for source, targets in ways.items():
            yield from (f"{label}: {source} leads to {t}, which is no state" for t in sorted(targets - set(ways)))
        if scope["StartAt"] not in ways:
            yield f"{label}: StartAt names {scope['StartAt']}, which is no state"
            continue
        yield from (f"{label}: nothing leads to {s}" for s in sorted(set(ways) - _closure({scope["StartAt"]}, ways)))
        ends = {name for name, state in scope["States"].items() if _ends(state)}
        back: dict[str, set[str]] = {name: {s for s, targets in ways.items() if name in targets} for name in ways}
        yield from (f"{label}: no end can be reached from {s}" for s in sorted(set(ways) - _closure(ends, back)))
        for name, state in scope["States"].items():
            if not _ends(state) and not ways[name]:
                yield f"{label}: {name} has neither Next nor End"
            if state["Type"] == "Choice" and "Default" not in state:
                yield f"{label}: {name} has no Default"


def unbounded_loops(machine: Machine) -> Iterator[str]:
    """A loop that no counted Choice leaves."""
    for label, scope in machine.scopes:
        ways = ways_of(scope)
        for name in sorted(ways):
            loop = {s for s in _closure(ways[name], ways) if name in _closure({s}, ways)}
            if loop and not any(_counts(scope["States"][s]) and ways[s] - loop for s in loop):
                yield f"{label}: the loop through {name} has no Choice that counts its rounds and leaves it"


def too_little_time(machine: Machine) -> Iterator[str]:
    """A machine whose own timeout could cut a way short while every state keeps within its bounds."""
    for label, scope in machine.scopes:
        ways = ways_of(scope)
        if label != machine.name or any(name in _closure(ways[name], ways) for name in ways):
            continue  # inner scopes have no timeout of their own; a loop's time is its counter's business
        longest: dict[str, float] = {}

        def time_from(name: str, scope: dict[str, Any] = scope, longest: dict[str, float] = longest) -> float:
            if name not in longest:
                after = (time_from(target) for target in sorted(ways_of(scope)[name]))
                longest[name] = worst_seconds(scope["States"][name]) + max(after, default=0.0)
            return longest[name]

        needed, given = time_from(scope["StartAt"]), machine.definition.get("TimeoutSeconds", 0)
        if needed > given:
            yield f"{label}: the slowest way takes {needed:.0f} s, TimeoutSeconds is {given}"


def worst_seconds(state: dict[str, Any]) -> float:
    """Return the longest a state may take: every attempt timing out, every pause at its longest."""
    total = float((seconds(state, "TimeoutSeconds") or (0, 0))[1]) + float(state.get("Seconds", 0))
    again = CALL_OF_A_WAIT_SECONDS if state["Type"] == "Task" and is_wait(state) else total
    for retrier in state.get("Retry", []):
        for attempt in range(retrier["MaxAttempts"]):
            pause = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** attempt
            total += again + min(pause, retrier["MaxDelaySeconds"])
    return total


def ways_of(scope: dict[str, Any]) -> dict[str, set[str]]:
    """Return each state's targets."""
    return {name: {edge.target for edge in edges_of(name, state)} for name, state in scope["States"].items()}


def _closure(start: set[str], ways: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    queue = list(start)
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue.extend(ways.get(name, ()))
    return seen


def _ends(state: dict[str, Any]) -> bool:
    return state["Type"] in ("Succeed", "Fail") or state.get("End") is True


def _counts(state: dict[str, Any]) -> bool:
    return state["Type"] == "Choice" and any(text.startswith("Numeric") for _, text in texts(state["Choices"]))
