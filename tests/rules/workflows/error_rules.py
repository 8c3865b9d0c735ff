"""Error names in a machine are exception classes of its steps, and each step's errors have their way."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.rules.workflows.error_classes import declared_by_step, error_classes, is_refusal, is_transient
from tests.rules.workflows.machine import Machine

_FUNCTION = re.compile(r"\$\{(\w+)_function_arn\}")
Declared = Callable[[str], frozenset[str]]


def unknown_errors(machine: Machine) -> Iterator[str]:
    """An error name without a dot that is no exception class: nothing would ever match it."""
    for name, task in machine.tasks.items():
        for error in _named(task, "Retry") | _named(task, "Catch"):
            if "." not in error and error not in error_classes():
                yield f"{name} waits for {error}, which is no exception class in src/orderflow"


def misheard_errors(machine: Machine, declared: Declared = declared_by_step) -> Iterator[str]:
    """A step's error without its way: what passes is retried, what refuses is caught by name, nothing else is named."""
    for name, task in machine.tasks.items():
        key = step_of(task)
        if key is None:
            continue
        raised, retried, caught = declared(key), _named(task, "Retry"), _named(task, "Catch")
        if not raised:
            yield f"{key} declares no errors: give its handler or use case a Raises section"
        for error in sorted(raised):
            if is_transient(error) and error not in retried:
                yield f"{name} does not retry {error}, which {key} raises and which passes"
            if is_refusal(error) and error not in caught:
                yield f"{name} does not catch {error}, with which {key} refuses"
        for error in sorted(e for e in retried | caught if "." not in e and e not in raised):
            yield f"{name} names {error}, which {key} does not declare to raise"


def step_of(task: dict[str, Any]) -> str | None:
    """Return the function key behind a Lambda task, None for other services."""
    function = _FUNCTION.fullmatch(str(task.get("Parameters", {}).get("FunctionName", "")))
    return function[1] if function else None


def _named(task: dict[str, Any], field: str) -> set[str]:
    return {error for entry in task.get(field, []) for error in entry["ErrorEquals"]}
