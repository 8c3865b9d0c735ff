"""Each handler's cold import against boto3's DynamoDB client, and its zip: `python -m tools.bench_cold [rounds]`.

Each measurement is a fresh `python -I -S` with only the unpacked zip and boto3's folder on its path, interleaved so
that a slow moment of the machine hits all alike. Traces are on, as on AWS, and both sides make one client, as every
handler that asks AWS does on its first call. Milliseconds of processor time, which other work on the machine changes
less than the clock's, but does: measure on a quiet one. Medians. Fails above either bar.
"""

import statistics
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from tools import build
from tools.paths import DIST
from tools.terminal import ToolError, out, run_tool

BAR = 1.5
MOST_BYTES = 3_000_000
_TIMEOUT_SECONDS = 60
_FLOOR = "boto3 DynamoDB client"
# What Lambda sets before it imports a handler; a handler may read its settings at import.
_ENVIRONMENT = {
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "Orderflow",
    "POWERTOOLS_TRACE_DISABLED": "false",
}
_TIMED = """
import sys, time
sys.path[:0] = {path!r}
begun = time.process_time()
{code}
print((time.process_time() - begun) * 1000)
"""
_FLOOR_CODE = "import boto3\nboto3.client('dynamodb')"
_CLIENT_CODE = "from orderflow.runtime import aws\naws.client('dynamodb')"


def milliseconds(code: str, path: list[str]) -> float:
    """Run `code` in a fresh interpreter with only `path` to import from and return how long it took."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _TIMED.format(path=path, code=code)],
        # By this variable libraries know that they run on Lambda: the X-Ray SDK makes no client of its own there.
        env=_ENVIRONMENT | {"LAMBDA_TASK_ROOT": path[0]},
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode:
        raise ToolError(f"`{code.splitlines()[0]}` does not work from its zip alone:\n{done.stderr.strip()}")
    return float(done.stdout)


@dataclass(frozen=True)
class Cold:
    """What one function costs before its first line runs."""

    key: str
    milliseconds: float
    floor: float
    zip_bytes: int

    @property
    def ratio(self) -> float:
        return self.milliseconds / self.floor

    @property
    def is_slow(self) -> bool:
        return self.ratio > BAR

    @property
    def is_big(self) -> bool:
        return self.zip_bytes > MOST_BYTES


def first_call(handler: str, folder: Path) -> str:
    """Return what runs before a handler's own first line: its import, and a client where it brings what makes one."""
    imported = f"import {handler.rpartition('.')[0]}"
    asks_aws = (folder / "orderflow" / "runtime" / "aws.py").is_file()
    return f"{imported}\n{_CLIENT_CODE}" if asks_aws else imported


def measure(rounds: int) -> list[Cold]:
    """Return every function with its median and that of the floor."""
    functions = build.build()["functions"]
    site = sysconfig.get_path("purelib")
    with tempfile.TemporaryDirectory() as scratch:
        subjects = {_FLOOR: (_FLOOR_CODE, [site])}
        for key, entry in functions.items():
            folder = Path(scratch) / key
            zipfile.ZipFile(DIST / entry["zip"]).extractall(folder)
            subjects[key] = (first_call(entry["handler"], folder), [str(folder), site])
        taken: dict[str, list[float]] = {name: [] for name in subjects}
        # The first round fills the disk cache and is not counted.
        for counted in [False] + [True] * rounds:
            for name, (code, path) in subjects.items():
                taken_now = milliseconds(code, path)
                if counted:
                    taken[name].append(taken_now)
    floor = statistics.median(taken.pop(_FLOOR))
    return [Cold(key, statistics.median(times), floor, functions[key]["bytes"]) for key, times in taken.items()]


def judged(measured: Iterable[Cold]) -> None:
    """Raise ToolError when a function is above a bar."""
    measured = list(measured)
    findings = []
    if slow := sorted(each.key for each in measured if each.is_slow):
        findings.append(
            f"Above {BAR} times the floor: {', '.join(slow)}. `python -X importtime` shows what they import."
        )
    if big := sorted(each.key for each in measured if each.is_big):
        findings.append(f"Zips over {MOST_BYTES:,} bytes: {', '.join(big)}. dist/manifest.json names their libraries.")
    if findings:
        raise ToolError(" ".join(findings))


def show(measured: Iterable[Cold], rounds: int) -> None:
    ordered = sorted(measured, key=lambda each: each.milliseconds)
    table = Table(title=f"Cold import, median of {rounds}; size of the zip", title_justify="left")
    for title in ("function", "ms", "of the floor", "KB"):
        table.add_column(title, justify="left" if title == "function" else "right")
    table.add_row(_FLOOR, f"{ordered[0].floor:.0f}", "1.00", "")
    for each in ordered:
        speed, size = ("red" if each.is_slow else "green"), ("red" if each.is_big else "green")
        table.add_row(
            each.key,
            f"{each.milliseconds:.0f}",
            f"[{speed}]{each.ratio:.2f}[/]",
            f"[{size}]{each.zip_bytes / 1000:,.0f}[/]",
        )
    out.print(table)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    measured = measure(rounds)
    show(measured, rounds)
    judged(measured)


if __name__ == "__main__":
    run_tool(main)
