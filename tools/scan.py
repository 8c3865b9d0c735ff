"""Security gate: checkov over terraform/ and modules/, offline, judged by its JSON.

`python -m tools.scan [folder ...]`

checkov's own exit code is no gate: it is 0 for a file it cannot parse and for a folder with nothing in it.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.paths import ROOT, TERRAFORM
from tools.terminal import ToolError, out, run_tool

CHECKOV = ROOT / ".venv-scan" / "bin" / "checkov"
CONFIG = ROOT / ".checkov.yaml"
TIMEOUT_SECONDS = 300
# About nine tenths of what passed when this was written: far fewer means that checkov no longer sees our code.
LEAST_PASSED = {"terraform": 390, "modules": 310}
_NO_REASON = ("", "no comment provided")


@dataclass
class Verdict:
    """What checkov said of one folder."""

    folder: str
    passed: int = 0
    problems: list[str] = field(default_factory=list)
    skipped: int = 0


def judge(folder: str, report: Any, least_passed: int) -> Verdict:
    """Judge one folder's report: failed checks, files it could not parse, skips without a reason, too few checks."""
    if not isinstance(report, dict) or "summary" not in report:
        # What checkov prints for a folder without Terraform: a bare summary, or a list of reports.
        return Verdict(folder, problems=[f"{folder}: checkov found no Terraform to check"])
    summary, results = report["summary"], report["results"]
    verdict = Verdict(folder, summary["passed"], skipped=summary["skipped"])
    verdict.problems += [f"{_place(check)}: {check['check_name']}" for check in results["failed_checks"]]
    verdict.problems += [f"{path}: checkov cannot parse it" for path in results.get("parsing_errors", [])]
    if summary["parsing_errors"] and not results.get("parsing_errors"):
        verdict.problems.append(f"{folder}: checkov could not parse {summary['parsing_errors']} files")
    verdict.problems += [
        f"{_place(check)}: skipped without a reason (write #checkov:skip={check['check_id']}:reason)"
        for check in results["skipped_checks"]
        if check["check_result"].get("suppress_comment", "").strip().lower() in _NO_REASON
    ]
    if verdict.passed < least_passed:
        verdict.problems.append(
            f"{folder}: only {verdict.passed} checks passed, at least {least_passed} are expected: "
            "does checkov still see all of it? If code was removed on purpose, lower LEAST_PASSED in tools/scan.py."
        )
    return verdict


def _place(check: dict[str, Any]) -> str:
    # checkov's paths of modules climb out of the scanned folder: /../modules/queue/main.tf
    return (
        f"{check['repo_file_path'].lstrip('/')}:{check['file_line_range'][0]} {check['resource']} {check['check_id']}"
    )


def scan(folder: Path) -> Any:
    """Return checkov's report of one folder as it prints it."""
    if not CHECKOV.is_file():
        raise ToolError("checkov is not installed: `make .venv-scan/.installed` makes its environment.")
    done = subprocess.run(
        [CHECKOV, "--config-file", CONFIG, "-d", folder, "-o", "json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    try:
        return json.loads(done.stdout)
    except ValueError:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise ToolError(f"checkov gave no report of {folder}:\n{said}") from None


def main() -> None:
    folders = [Path(name).resolve() for name in sys.argv[1:]] or [TERRAFORM, ROOT / "modules"]
    begun = time.monotonic()
    verdicts = [judge(folder.name, scan(folder), LEAST_PASSED.get(folder.name, 1)) for folder in folders]
    for verdict in verdicts:
        mark = "[red]✗[/]" if verdict.problems else "[green]✓[/]"
        out.print(
            f"{mark} checkov {verdict.folder:<20}{verdict.passed:>5} passed, {verdict.skipped} skipped with reason"
        )
        for problem in verdict.problems:
            print(f"  {problem}")
    failed = sum(len(verdict.problems) for verdict in verdicts)
    passed, seconds = sum(verdict.passed for verdict in verdicts), time.monotonic() - begun
    print(f"{passed} checks passed, {failed} failed ({seconds:.1f} s)")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    run_tool(main)
