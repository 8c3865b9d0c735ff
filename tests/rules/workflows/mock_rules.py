"""Mock files fit their machine and its functions: existing states, defined responses, possible answers."""

import ast
import builtins
from collections.abc import Iterator
from typing import Any

from orderflow.orders.task_tokens import APPROVAL
from tests.rules.workflows.error_classes import SOURCE, declared_by_step, error_classes
from tests.rules.workflows.error_rules import step_of
from tests.rules.workflows.machine import Machine, is_wait


def misfit_mocks(machine: Machine, mocks: dict[str, Any]) -> Iterator[str]:
    """A mock of a state that is no Task, a response that is missing or that no case uses."""
    machines, responses = mocks["StateMachines"], mocks["MockedResponses"]
    yield from (f"the mock file is about {name}, not {machine.name}" for name in machines if name != machine.name)
    test_cases = machines.get(machine.name, {}).get("TestCases", {})
    if not test_cases:
        yield f"the mock file has no test case of {machine.name}"
    used = set()
    for case, states in test_cases.items():
        for state, response in states.items():
            used.add(response)
            if state not in machine.tasks:
                yield f"{case} mocks {state}, which is no Task"
            if response not in responses:
                yield f"{case} answers {state} with {response}, which is not defined"
    yield from (f"{name} is used by no case" for name in sorted(set(responses) - used))


def impossible_mocks(machine: Machine, mocks: dict[str, Any]) -> Iterator[str]:
    """A mock of a step that its function could not have answered, or an error it cannot raise."""
    for state, name in sorted(_used(machine, mocks)):
        step = step_of(machine.tasks[state]) if state in machine.tasks else None
        if step is None or name not in mocks["MockedResponses"]:
            continue
        # What a wait is answered comes with its token, whatever its function answered.
        wait = is_wait(machine.tasks[state])
        shapes, errors = [APPROVAL] if wait else answers_of(step), declared_by_step(step)
        if not shapes:
            yield f"{step}'s handler shows nowhere what it answers: return a dict as it is written"
            continue
        for answer in mocks["MockedResponses"][name].values():
            if "Return" in answer:
                payload = answer["Return"] if wait else answer["Return"].get("Payload")
                if not any(_fits(payload, shape) for shape in shapes):
                    yield f"{name} answers {payload}; {step} only answers {' or '.join(map(str, shapes))}"
            else:
                error = answer["Throw"]["Error"]
                ours = error in error_classes()
                if (ours and error not in errors) or not (ours or _anybodys(error, machine.tasks[state])):
                    yield f"{name} throws {error}, which {step} does not declare to raise"


def answers_of(step: str) -> list[dict[str, Any]]:
    """Return the dict literals that a step's handler returns, itself or by a function beside it.

    A value that is computed is None; no shape at all when the answer is made elsewhere.
    """
    (path,) = SOURCE.glob(f"handlers/*/{step}.py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return list(_returned(functions["handler"], functions))


def _returned(function: ast.FunctionDef, beside: dict[str, ast.FunctionDef]) -> Iterator[dict[str, Any]]:
    for node in ast.walk(function):
        value = node.value if isinstance(node, ast.Return) else None
        if isinstance(value, ast.Dict):
            keys = [ast.literal_eval(key) for key in value.keys if key is not None]
            yield dict(zip(keys, map(_constant, value.values), strict=True))
        elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in beside:
            yield from _returned(beside[value.func.id], beside)


def _constant(node: ast.expr) -> Any:
    return node.value if isinstance(node, ast.Constant) else None


def _fits(payload: Any, shape: dict[str, Any]) -> bool:
    return (
        isinstance(payload, dict)
        and payload.keys() == shape.keys()
        and all(value is None or payload[key] == value for key, value in shape.items())
    )


def _anybodys(error: str, task: dict[str, Any]) -> bool:
    """A failure of the service, or a defect: an exception of Python's own."""
    named = {e for entry in [*task.get("Retry", []), *task.get("Catch", [])] for e in entry["ErrorEquals"]}
    return (
        error in named or error.startswith(("Lambda.", "States.")) or isinstance(getattr(builtins, error, None), type)
    )


def _used(machine: Machine, mocks: dict[str, Any]) -> set[tuple[str, str]]:
    cases = mocks["StateMachines"].get(machine.name, {}).get("TestCases", {})
    return {(state, response) for states in cases.values() for state, response in states.items()}
