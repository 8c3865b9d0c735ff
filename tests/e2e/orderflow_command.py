"""The command `orderflow`, on the tests' stack."""

import json
import os
import subprocess
import sys
from typing import Any

from tools.paths import ROOT


class Orderflow:
    """Runs commands as a person would, each within a minute."""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tools.ops", *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "STACK": "test", "PYTHONPATH": "src"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def answer(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def findings(self) -> set[tuple[str, str]]:
        done = self.run("doctor", "--json")
        found = {(finding["rule"], finding["subject"]) for finding in json.loads(done.stdout)}
        assert done.returncode == bool(found), done.stderr
        return found
