"""Mock files fit their machine: existing states, defined responses, none left over."""

from collections.abc import Iterator
from typing import Any

from tests.rules.workflows.machine import Machine


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
