"""Every machine in workflows/ with its cases: found in the files, so that a new machine cannot be forgotten."""

import importlib
import importlib.util
from types import ModuleType

from tests.rules.workflows.machine import MACHINE_FILES

MACHINES = [path.name.removesuffix(".asl.json") for path in MACHINE_FILES]


def has_cases(machine: str) -> bool:
    """Tell whether somebody wrote cases for the machine."""
    room = f"tests.workflow.{machine}"
    return importlib.util.find_spec(room) is not None and importlib.util.find_spec(f"{room}.cases") is not None


def cases_of(machine: str) -> ModuleType:
    """Return the module of the machine's cases: MACHINE, DEFINITION, MOCKS, cases(), input_of(), mock_text()."""
    if not has_cases(machine):
        raise AssertionError(no_cases(machine))
    return importlib.import_module(f"tests.workflow.{machine}.cases")


def no_cases(machine: str) -> str:
    """Say what to do about a machine without cases."""
    return (
        f"workflows/{machine}.asl.json has no cases: write tests/workflow/{machine}/cases.py after the example of "
        f"tests/workflow/order_processing/cases.py, then run: "
        f"PYTHONPATH=src .venv/bin/python -m tests.workflow.{machine}.cases"
    )
