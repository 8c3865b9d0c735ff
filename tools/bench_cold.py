"""Cold import of each API handler against boto3's DynamoDB client alone: `python -m tools.bench_cold [rounds]`.

Each measurement is a fresh `python -I -S` with only the unpacked zip and boto3's folder on its path, interleaved so
that a slow moment of the machine hits all alike. Traces are on, as on AWS, and both sides make one client, as every
handler does on its first call. Milliseconds, medians. Fails above the bar.
"""

import statistics
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

from rich.table import Table

from tools import build
from tools.openapi import api_functions
from tools.paths import DIST
from tools.terminal import ToolError, out, run_tool

BAR = 1.5
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
begun = time.perf_counter()
{code}
print((time.perf_counter() - begun) * 1000)
"""
_FLOOR_CODE = "import boto3\nboto3.client('dynamodb')"
_HANDLER_CODE = "import {module}\nfrom orderflow.runtime import aws\naws.client('dynamodb')"


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


def measure(rounds: int) -> dict[str, float]:
    """Return the median per API handler, and that of the floor."""
    manifest = build.build()
    site = sysconfig.get_path("purelib")
    with tempfile.TemporaryDirectory() as scratch:
        subjects = {_FLOOR: (_FLOOR_CODE, [site])}
        for key in api_functions():
            entry = manifest["functions"].get(key)
            if entry is None:
                raise ToolError(
                    f"modules/api/openapi.yaml names the function {key}, which src/handlers/ does not hold."
                )
            folder = Path(scratch) / key
            zipfile.ZipFile(DIST / entry["zip"]).extractall(folder)
            subjects[key] = (_HANDLER_CODE.format(module=entry["handler"].rpartition(".")[0]), [str(folder), site])
        taken: dict[str, list[float]] = {name: [] for name in subjects}
        # The first round fills the disk cache and is not counted.
        for counted in [False] + [True] * rounds:
            for name, (code, path) in subjects.items():
                taken_now = milliseconds(code, path)
                if counted:
                    taken[name].append(taken_now)
    return {name: statistics.median(values) for name, values in taken.items()}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    medians = measure(rounds)
    floor = medians.pop(_FLOOR)
    table = Table(title=f"Cold import, median of {rounds}", title_justify="left")
    table.add_column("function")
    table.add_column("ms", justify="right")
    table.add_column("of the floor", justify="right")
    table.add_row(_FLOOR, f"{floor:.0f}", "1.00")
    for key, taken in sorted(medians.items(), key=lambda each: each[1]):
        style = "red" if taken > BAR * floor else "green"
        table.add_row(key, f"{taken:.0f}", f"[{style}]{taken / floor:.2f}[/]")
    out.print(table)
    if slow := [key for key, taken in medians.items() if taken > BAR * floor]:
        raise ToolError(
            f"Above {BAR} times the floor: {', '.join(slow)}. `python -X importtime` shows what they import."
        )


if __name__ == "__main__":
    run_tool(main)
