"""What comes with every step: timeout, retry, catch, a mock, an example of what it reads, a row in the README."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.rules.workflows import path_rules
from tests.rules.workflows.machine import WORKFLOWS, Machine

README = "workflows/README.md"


@dataclass(frozen=True)
class Companions:
    """The files beside a machine: mocks and input example (None when there is none), and the README's whole text."""

    mocks: dict[str, Any] | None
    example: dict[str, Any] | None
    readme: str

    @classmethod
    def of(cls, machine: str) -> "Companions":
        """Read them from workflows/."""
        return cls(
            _json(f"mocks/{machine}.json"),
            _json(f"{machine}.input.json"),
            (WORKFLOWS / "README.md").read_text(encoding="utf-8"),
        )


def incomplete_steps(machine: Machine, beside: Companions) -> Iterator[str]:
    """A step that lacks something, said with its name, what it lacks and where that goes."""
    file = f"workflows/{machine.name}.asl.json"
    mocked = _mocked_states(machine.name, beside.mocks)
    section = _section(beside.readme, machine.name)
    rows = {name for line in section.splitlines() if line.startswith("|") for name in re.findall(r"`(\w+)`", line)}
    named = set(re.findall(r"`(\w+)`", section))
    if not section:
        yield f"{machine.name} has no section in {README}: begin one with `## {machine.name}`"
    for name, state in machine.states.items():
        if state["Type"] != "Task":
            if name not in named:
                yield f"{name} is not in {README}: name it in the section {machine.name}"
            continue
        for field, advice in (
            ("TimeoutSeconds", "longer than its function or service takes"),
            ("Retry", "what passes, with backoff, bound and full jitter"),
            ("Catch", "States.ALL last, to what gives back what was taken before it"),
        ):
            if not (state.get(field) or state.get(f"{field}Path")):
                yield f"{name} has no {field} in {file}: {advice}"
        if name not in mocked:
            yield (
                f"{name} has no mock in workflows/mocks/{machine.name}.json: give it an answer in "
                f"tests/workflow/{machine.name}/cases.py, then run: "
                f"PYTHONPATH=src .venv/bin/python -m tests.workflow.{machine.name}.cases"
            )
        if name not in rows:
            yield f"{name} has no row in {README}: add one to the table of tasks in the section {machine.name}"
    if beside.example is None:
        yield f"{machine.name} has no example of its input: write workflows/{machine.name}.input.json"
        return
    for finding in path_rules.unfilled_paths(machine, beside.example):
        yield f"{finding}; what the caller gives stands in workflows/{machine.name}.input.json"


def _mocked_states(machine: str, mocks: dict[str, Any] | None) -> set[str]:
    cases = (mocks or {}).get("StateMachines", {}).get(machine, {}).get("TestCases", {})
    return {state for answers in cases.values() for state in answers}


def _section(readme: str, machine: str) -> str:
    found = re.search(rf"^## {machine}$(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def _json(path: str) -> dict[str, Any] | None:
    file = WORKFLOWS / path
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None
