"""Formatting and static checks: `python -m tools.style check|fix`."""

import subprocess
import sys

from tools import terraform
from tools.paths import ROOT, TERRAFORM
from tools.terminal import ToolError, out, run_tool

_TIMEOUT_SECONDS = 300


def _run(title: str, *command: str) -> bool:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=terraform.base_environment(),
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=False,
    )
    out.print(f"[{'green' if done.returncode == 0 else 'red'}]{'✓' if done.returncode == 0 else '✗'}[/] {title}")
    if done.returncode:
        print((done.stdout + done.stderr).rstrip())
    return done.returncode == 0


def _terraform_folders() -> list[str]:
    return [str(folder.relative_to(ROOT)) for folder in (TERRAFORM, ROOT / "modules") if folder.is_dir()]


def check() -> None:
    python = sys.executable
    results = [
        _run("ruff check", python, "-m", "ruff", "check", "."),
        _run("ruff format", python, "-m", "ruff", "format", "--check", "--diff", "."),
        _run("mypy", python, "-m", "mypy"),
        _run("contract in step with modules/api/openapi.yaml", python, "-m", "tools.contract", "--check"),
        _run("contract keeps what the released one promised", python, "-m", "tools.contract_diff", "check"),
        _run("docs/order-status.md in step with the status machine", python, "-m", "tools.status_diagram", "--check"),
    ]
    results += [
        _run(f"terraform fmt {folder}", terraform.program(), "fmt", "-check", "-diff", "-recursive", folder)
        for folder in _terraform_folders()
    ]
    if not all(results):
        raise ToolError(
            f"{results.count(False)} of {len(results)} checks failed, as said above; `make fmt` mends mere form."
        )


def fix() -> None:
    python = sys.executable
    _run("ruff check --fix", python, "-m", "ruff", "check", "--fix", "--exit-zero", ".")
    _run("ruff format", python, "-m", "ruff", "format", ".")
    for folder in _terraform_folders():
        _run(f"terraform fmt {folder}", terraform.program(), "fmt", "-recursive", folder)


def main() -> None:
    match sys.argv[1:]:
        case ["check"]:
            check()
        case ["fix"]:
            fix()
        case _:
            raise ToolError("Usage: python -m tools.style check|fix")


if __name__ == "__main__":
    run_tool(main)
