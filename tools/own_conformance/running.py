"""The suite as its users run it: another process, by its command line, with its JSON report."""

import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

from tools.own_conformance.agents import Agent
from tools.paths import ROOT
from tools.terminal import ToolError

_PYTHON = ROOT / ".venv-conformance" / "bin" / "python"
_PROFILE = Path(__file__).with_name("profile.toml")
_UNUSABLE = 2
RUN_SECONDS = 900


def free_port() -> int:
    """Return a port of loopback that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def started(url: str, agent: Agent, spec: Path, report: Path, *options: str) -> subprocess.Popen[str]:
    """Start the suite for an agent; its report will be at `report`, what it says beside it."""
    if not _PYTHON.exists():
        raise ToolError("The suite's environment is not there: `make .venv-conformance/.installed`.")
    command = [
        str(_PYTHON), "-m", "acp_conformance", url, "--profile", str(_PROFILE), "--spec", str(spec),
        "--api-version", agent.version, "--discovery-url", f"{url}/.well-known/acp.json",
        "--strict", "--json", str(report), *options,
    ]  # fmt: skip
    own = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
    secrets = {
        "ACP_CONFORMANCE_KEY": agent.key,
        "ACP_CONFORMANCE_OTHER_KEY": agent.other_key,
        "ACP_CONFORMANCE_WEBHOOK_SECRET": agent.webhook_secret,
    }
    report.unlink(missing_ok=True)
    with report.with_suffix(".txt").open("w", encoding="utf-8") as said:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**own, **secrets, "PYTHONPATH": "conformance/src"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )


def results_of(run: subprocess.Popen[str], report: Path) -> list[dict[str, Any]]:
    """Wait for a run and return its results; raises ToolError when nothing could be judged."""
    try:
        code = run.wait(RUN_SECONDS)
    finally:
        if run.poll() is None:
            run.kill()
    if code >= _UNUSABLE or not report.exists():
        raise ToolError(f"The suite could not judge: {report.with_suffix('.txt').read_text(encoding='utf-8')}")
    found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["results"]
    return found
