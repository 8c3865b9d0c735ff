"""What answers a GET cannot change anything: no permission of its function writes, whatever its code does."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import hcl2
import pytest

from tests.support.contract_document import ROOT, operations

READING = re.compile(r"[a-z0-9-]+:(Get|BatchGet|Query|List|Describe|Head)\w*|kms:Decrypt")
_ACTION = re.compile(r"\b(?!aws:)[a-z0-9-]+:[A-Z]\w+")
_CONDITION_KEYS = {"dynamodb:Attributes", "dynamodb:LeadingKeys", "dynamodb:ReturnValues", "dynamodb:Select"}
_LOCAL = re.compile(r"\blocal\.(\w+)")

# Function -> what it may do besides reading, and why.
BESIDES = {
    "create_upload_url": {"s3:PutObject"},  # it signs an upload, which is then allowed what the signer is allowed
}

# A machine's request is counted by the function that it calls.
COUNTED = {"dynamodb:UpdateItem"}

READS = {operation.facts["x-orderflow-function"]: operation for operation in operations() if operation.method == "get"}


@cache
def folders() -> list[dict[str, Any]]:
    """Return the modules and locals of each Terraform folder."""
    return [
        _folder(folder) for folder in (*sorted((ROOT / "modules").glob("*")), ROOT / "terraform") if folder.is_dir()
    ]


def _folder(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"module": {}, "locals": {}}
    for path in sorted(folder.glob("*.tf")):
        parsed = hcl2.loads(path.read_text(encoding="utf-8"))
        for block in parsed.get("module", ()):
            found["module"] |= {name.strip('"'): facts for name, facts in block.items()}
        for block in parsed.get("locals", ()):
            found["locals"] |= block
    return found


def actions_of(function: str) -> set[str]:
    """Return every action that a function's statements name, those of the locals they refer to as well."""
    (folder,) = [each for each in folders() if function in each["module"]]
    waiting, seen, text = [folder["module"][function].get("statements", ())], set(), ""
    while waiting:
        told = str(waiting.pop())
        text += told
        for name in set(_LOCAL.findall(told)) & set(folder["locals"]) - seen:
            seen.add(name)
            waiting.append(folder["locals"][name])
    return set(_ACTION.findall(text)) - _CONDITION_KEYS


@pytest.mark.parametrize("function", sorted(READS))
def test_a_function_that_answers_a_get_may_only_read(function: str) -> None:
    beside = {action for action in actions_of(function) if not READING.fullmatch(action)}
    allowed = COUNTED if READS[function].is_for_machines else BESIDES.get(function, set())
    assert beside == allowed, "take it away, or say in BESIDES why a read needs it"


def test_writes_are_seen_where_there_are_some() -> None:
    assert {"dynamodb:UpdateItem", "dynamodb:PutItem"} <= actions_of("update_user")
    assert "dynamodb:GetItem" in actions_of("get_user")
