"""`python -m tools.own_conformance`: the conformance suite at the running local stack; fails under 100 %."""

import os
import sys
from pathlib import Path

from tools import record, target
from tools.own_conformance.judging import judged
from tools.paths import DIST, STACKS
from tools.terminal import Clock, ToolError, out, run_tool


def main() -> None:
    if os.environ.get("ENV", "") not in ("", "local"):
        raise ToolError(
            "This judges the local stack and changes its settings meanwhile; `make conformance` any server."
        )
    stack, clock = os.environ.get("STACK", "local"), Clock()
    spec = Path(os.environ.get("SPEC") or os.environ.get("ORDERFLOW_ACP_SPEC", ""))
    with record.locked(STACKS / stack):
        verdict = judged(target.current(), stack, spec.resolve(), DIST / "conformance", clock)
    out.print("\n".join(["", *verdict.lines(), "", f"reports in dist/conformance, {clock.summary()}"]), markup=False)
    if verdict.having("fail"):
        sys.exit(1)


if __name__ == "__main__":
    run_tool(main)
