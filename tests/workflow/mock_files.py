"""Mock files in Step Functions Local's format: one for each machine, and all in one for an engine.

Run as a module, it prints the one file that an external engine needs.
"""

import json
import sys
from typing import Any

from tests.rules.workflows.machine import WORKFLOWS
from tests.support.mock_responses import Response


def mock_text(machine: str, cases: dict[str, dict[str, Response]]) -> str:
    """Return the machine's mock file: cases name responses, and equal responses are written once."""
    responses: dict[str, Response] = {}
    names: dict[str, str] = {}
    test_cases: dict[str, dict[str, str]] = {}
    for case, states in cases.items():
        test_cases[case] = {}
        for state, response in states.items():
            text = f"{state} {json.dumps(response)}"
            if text not in names:
                count = sum(name.partition(".")[0] == state for name in responses)
                names[text] = f"{state}.{count}"
                responses[names[text]] = response
            test_cases[case][state] = names[text]
    mocks = {"StateMachines": {machine: {"TestCases": test_cases}}, "MockedResponses": responses}
    return json.dumps(mocks, indent=1, ensure_ascii=False) + "\n"


def all_mocks() -> dict[str, Any]:
    """Return every machine's mocks as one file; a response is called by its machine's name, so that none meet."""
    merged: dict[str, Any] = {"StateMachines": {}, "MockedResponses": {}}
    for path in sorted((WORKFLOWS / "mocks").glob("*.json")):
        mocks = json.loads(path.read_text(encoding="utf-8"))
        for machine, facts in mocks["StateMachines"].items():
            merged["StateMachines"][machine] = {
                "TestCases": {
                    case: {state: f"{machine}.{response}" for state, response in states.items()}
                    for case, states in facts["TestCases"].items()
                }
            }
            for name, response in mocks["MockedResponses"].items():
                merged["MockedResponses"][f"{machine}.{name}"] = response
    return merged


if __name__ == "__main__":
    json.dump(all_mocks(), sys.stdout, indent=1, ensure_ascii=False)
