"""How examples/ are run: one command for each language, PowerShell's where there is one."""

import shutil
import sys

import pytest

PWSH = shutil.which("pwsh")
COMMANDS = {
    "curl": ["sh", "examples/curl/order_and_rate.sh"],
    "python": [sys.executable, "examples/python/order_and_rate.py"],
    "powershell": [PWSH or "pwsh", "-NoProfile", "-File", "examples/powershell/order_and_rate.ps1"],
}
_NO_PWSH = pytest.mark.skipif(PWSH is None, reason="no pwsh on PATH: PowerShell's example is only parsed")
LANGUAGES = ["curl", "python", pytest.param("powershell", marks=_NO_PWSH)]
