"""Run several make targets one after the other and say how each went: `python -m tools.steps check|test`.

A failing step does not hide the next ones. The last line counts tests: `N passed, N failed`.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rich.table import Table

from tools.paths import ROOT
from tools.terminal import ToolError, out, run_tool, setup_seconds

# Lanes run side by side: Terraform's tests wait for the provider as long as all the others take together.
CHECK = (
    (
        "lint",
        "test-unit",
        "test-rules",
        "test-docs",
        "test-integration",
        "test-workflow",
        "test-conformance",
        "test-terraform-rules",
    ),
    ("test-terraform-modules",),
)
# The stack's tests have the machine to themselves: they measure time and have deadlines.
SUITES = {"check": (CHECK,), "test": (CHECK, (("test-e2e",),))}
# Nothing of ours takes longer; a step that hangs must not hang CI.
STEP_SECONDS = 3600

_COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped)\b")


@dataclass
class Result:
    target: str
    seconds: float
    code: int
    counts: dict[str, int]


def counts_in(line: str) -> dict[str, int]:
    """Read the closing line of pytest (`3 passed, 1 failed in 2s`) or of a tool of ours (`3 passed, 0 failed`)."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", line).strip()
    if not re.match(r"^(=+ )?\d+ (passed|failed|errors?|skipped|deselected|xfailed)\b", plain):
        return {}
    found: dict[str, int] = {}
    for number, word in _COUNT.findall(plain):
        kind = "failed" if word.startswith("error") else word
        found[kind] = found.get(kind, 0) + int(number)
    return found


def run(target: str, show: Callable[[str], object]) -> Result:
    """Run one make target and hand its output to `show`, line by line."""
    begun = time.monotonic()
    counts: dict[str, int] = {}
    show(f"\n── {target}\n")
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    command = ["make", "-s", target]
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT, text=True
    )
    try:
        for line in process.stdout or ():
            show(line)
            for kind, number in counts_in(line).items():
                counts[kind] = counts.get(kind, 0) + number
            if time.monotonic() - begun > STEP_SECONDS:
                raise ToolError(f"make {target} ran longer than {STEP_SECONDS} s and was stopped.")
        code = process.wait(timeout=60)
    except BaseException:
        process.terminate()
        process.wait(timeout=60)
        raise
    if code and not counts.get("failed"):
        # A step that fails without a failing test (lint, a crash) is one failure all the same.
        counts["failed"] = 1
    return Result(target, time.monotonic() - begun, code, counts)


def run_lane(targets: Sequence[str], shown: bool) -> list[Result]:
    """Run targets one after the other; a lane that is not shown prints what it said when it is done."""
    said: list[str] = []

    def show(line: str) -> None:
        if shown:
            sys.stdout.write(line)
            sys.stdout.flush()
        else:
            said.append(line)

    try:
        return [run(target, show) for target in targets]
    finally:
        sys.stdout.writelines(said)
        sys.stdout.flush()


def run_lanes(lanes: Sequence[Sequence[str]]) -> list[Result]:
    """Run lanes side by side, the first one shown as it goes, and return all results."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        lanes_done = [pool.submit(run_lane, lane, shown=index == 0) for index, lane in enumerate(lanes)]
        return [result for lane in lanes_done for result in lane.result()]


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in SUITES:
        raise ToolError(f"Usage: python -m tools.steps {'|'.join(SUITES)}")
    suite = sys.argv[1]
    setup = setup_seconds()
    begun = time.monotonic()
    results = [result for lanes in SUITES[suite] for result in run_lanes(lanes)]
    table = Table(title=f"make {suite}", title_justify="left")
    for column in ("step", "seconds", "passed", "failed", "skipped"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for result in results:
        cells = [str(result.counts.get(kind, "")) for kind in ("passed", "failed", "skipped")]
        table.add_row(f"[{'red' if result.code else 'green'}]{result.target}[/]", f"{result.seconds:.1f}", *cells)
    out.print()
    out.print(table)
    out.print(f"environments {setup:.1f} s, steps {time.monotonic() - begun:.1f} s")
    total = {kind: sum(result.counts.get(kind, 0) for result in results) for kind in ("passed", "failed", "skipped")}
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    if any(result.code for result in results):
        sys.exit(1)


if __name__ == "__main__":
    run_tool(main)
