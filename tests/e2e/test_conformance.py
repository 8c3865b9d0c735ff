"""Our conformance suite at the running system, as `make conformance-local` judges it: nothing may fail."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.acp import CURRENT, OLDER, published
from tools.own_conformance.judging import judged
from tools.paths import DIST
from tools.target import Target
from tools.terminal import Clock

# What no run can see of this system; everything else must be judged, and each reason is printed.
NOT_APPLICABLE = {
    # A run of twenty hours: tests/unit/runtime/idempotency looks at when a record ends.
    (CURRENT, "idempotency.kept"),
    (OLDER, "idempotency.kept"),
}
# Of 130 and 103 requirements.
JUDGED = {CURRENT: 129, OLDER: 102}


@published
def test_every_requirement_of_both_versions_is_met(
    stack: Any, settled: None, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Target(stack.local.outputs(), stack.local.endpoint)
    spec = Path(os.environ["ORDERFLOW_ACP_SPEC"]).resolve()
    verdict = judged(shop, stack.local.name, spec, DIST / "conformance-test", Clock())
    with capsys.disabled():
        sys.stdout.write("\n" + "".join(f"{line}\n" for line in verdict.lines()))
    assert [each["id"] for each in verdict.having("fail")] == []
    assert {(each["version"], each["id"]) for each in verdict.having("not applicable")} == NOT_APPLICABLE
    passed = [each["version"] for each in verdict.having("pass")]
    assert {version: passed.count(version) for version in JUDGED} == JUDGED
