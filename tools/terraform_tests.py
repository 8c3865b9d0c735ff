"""`terraform test` for the root and every module, `terraform validate` for the root, offline, two folders at a time.

`python -m tools.terraform_tests [folder ...]`
"""

import re
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.paths import ROOT, STACKS, TERRAFORM
from tools.terminal import ToolError, out, run_tool
from tools.terraform import Terraform

# Keys that open nothing: tests are offline, and the provider wants some.
_OFFLINE = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}
_AT_ONCE = 2
_LOCK = ".terraform.lock.hcl"


@dataclass
class Outcome:
    folder: str
    passed: int
    failed: int
    seconds: float
    problem: str = ""


def folders() -> list[Path]:
    """Return every folder that is a Terraform root or module."""
    found = {path.parent for path in (ROOT / "modules").glob("*/*.tf")}
    return sorted(found | {TERRAFORM})


def _terraform(folder: Path) -> Terraform:
    name = folder.relative_to(ROOT).as_posix().replace("/", "-")
    data = STACKS / "terraform-tests" / name
    return Terraform(folder, data, data.with_suffix(".log"), _OFFLINE)


def init(folder: Path) -> str:
    """Initialise one folder and return the problem, if any. Not at once with another: they share the provider cache.

    A module is tested with the provider that the root locks, so it borrows the root's lock file.
    """
    if folder != TERRAFORM:
        shutil.copyfile(TERRAFORM / _LOCK, folder / _LOCK)
    try:
        _terraform(folder).init("-backend=false", "-lockfile=readonly")
    except ToolError as error:
        return str(error)
    return ""


def test(folder: Path) -> Outcome:
    """Test one folder. A folder without tests is a failure: ours all have some."""
    begun = time.monotonic()
    name = folder.relative_to(ROOT).as_posix()
    terraform = _terraform(folder)
    try:
        if folder == TERRAFORM:
            # It calls every module, so this validates all of them.
            terraform.run("validate")
        code, output = terraform.run("test", accepts=(0, 1))
    except ToolError as error:
        return Outcome(name, 0, 1, time.monotonic() - begun, str(error))
    closing = re.search(r"(\d+) passed, (\d+) failed", output)
    passed, failed = (int(number) for number in closing.groups()) if closing else (0, 0)
    problem = ""
    if code or failed:
        problem = output
    elif not passed:
        problem = "no terraform test in tests/*.tftest.hcl"
    return Outcome(name, passed, max(failed, 1 if problem else 0), time.monotonic() - begun, problem)


def main() -> None:
    chosen = [ROOT / name for name in sys.argv[1:]] or folders()
    broken = {folder: problem for folder in chosen if (problem := init(folder))}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        outcomes = list(pool.map(test, [folder for folder in chosen if folder not in broken]))
    outcomes += [Outcome(folder.relative_to(ROOT).as_posix(), 0, 1, 0, problem) for folder, problem in broken.items()]
    for outcome in sorted(outcomes, key=lambda each: each.folder):
        mark = "[red]✗[/]" if outcome.problem else "[green]✓[/]"
        out.print(f"{mark} {outcome.folder:<28}{outcome.passed:>4} passed {outcome.seconds:>6.1f} s")
        if outcome.problem:
            print(outcome.problem)
    passed, failed = sum(each.passed for each in outcomes), sum(each.failed for each in outcomes)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    run_tool(main)
