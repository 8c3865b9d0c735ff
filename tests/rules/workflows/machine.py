"""State machine files as the rules see them: states, edges, and every string with the path to it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
WORKFLOWS = ROOT / "workflows"
MACHINE_FILES = sorted(WORKFLOWS.glob("*.asl.json"))

# Seconds that a state reads from its input, at their shortest and longest: what Terraform's validation lets through
# (review_deadline_seconds) and makes of it (review_heartbeat_seconds).
TIMES_READ = {"$.review.deadlineSeconds": (60, 604_800), "$.review.heartbeatSeconds": (59, 151_200)}
# A wait for a token is over when the token comes back; what its retriers repeat is the call that starts it.
CALL_OF_A_WAIT_SECONDS = 60


@dataclass(frozen=True)
class Edge:
    """One way out of a state: `next`, `default`, `choice 0`, `catch 0`."""

    source: str
    kind: str
    target: str


@dataclass(frozen=True)
class Machine:
    """One state machine definition, before its placeholders are filled."""

    name: str
    definition: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Machine":
        return cls(path.name.removesuffix(".asl.json"), json.loads(path.read_text(encoding="utf-8")))

    @cached_property
    def scopes(self) -> list[tuple[str, dict[str, Any]]]:
        """The top level and each branch or item processor: names resolve within one of them only."""
        return list(_scopes(self.name, self.definition))

    @cached_property
    def states(self) -> dict[str, dict[str, Any]]:
        """Every state of every scope by name."""
        return {name: state for _, scope in self.scopes for name, state in scope["States"].items()}

    @cached_property
    def tasks(self) -> dict[str, dict[str, Any]]:
        """Every Task state by name."""
        return {name: state for name, state in self.states.items() if state["Type"] == "Task"}


def edges_of(name: str, state: dict[str, Any]) -> Iterator[Edge]:
    """Yield every way out of the state, in the order of the file."""
    for index, choice in enumerate(state.get("Choices", [])):
        yield Edge(name, f"choice {index}", choice["Next"])
    for key in ("Default", "Next"):
        if key in state:
            yield Edge(name, key.lower(), state[key])
    for index, catcher in enumerate(state.get("Catch", [])):
        yield Edge(name, f"catch {index}", catcher["Next"])


def is_wait(task: dict[str, Any]) -> bool:
    """Tell whether the Task waits for its token to come back."""
    return str(task["Resource"]).endswith(".waitForTaskToken")


def seconds(state: dict[str, Any], field: str) -> tuple[int, int] | None:
    """Return the shortest and the longest of a state's `field` (TimeoutSeconds, HeartbeatSeconds), None without it."""
    if path := state.get(f"{field}Path"):
        return TIMES_READ.get(path)
    given = state.get(field)
    return (given, given) if isinstance(given, int) and given > 0 else None


def texts(value: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """Yield every string in a JSON value, keys too, with the path to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path} key", key
            yield from texts(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, f"{path}[{index}]")


def _scopes(label: str, scope: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield label, scope
    for name, state in scope["States"].items():
        inner = [*state.get("Branches", []), *(state[k] for k in ("ItemProcessor", "Iterator") if k in state)]
        for branch in inner:
            yield from _scopes(f"{label}.{name}", branch)
