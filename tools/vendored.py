"""The third-party libraries that zips may carry, installed from requirements/lambda.txt as pure Python."""

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.paths import REQUIREMENTS, ROOT
from tools.terminal import ToolError

VENDOR = ROOT / ".venv-lambda"
LOCK = REQUIREMENTS / "lambda.txt"
_PIP = ROOT / ".venv-bootstrap" / "bin" / "python"
_INSTALL_TIMEOUT = 300


def ensure_installed() -> Path:
    """Return the folder with the libraries, installed again only when the lock changed.

    pip is told to accept nothing but `py3-none-any` wheels, so no library can bring a compiled part for one processor.
    `--no-deps`: what the runtime provides (botocore) must not come along.
    """
    stamp = VENDOR / ".lock-sha256"
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return VENDOR
    if not _PIP.exists():
        raise ToolError("The build needs .venv-bootstrap, which is missing: run `rm -rf .venv && make build`.")
    shutil.rmtree(VENDOR, ignore_errors=True)
    command = [str(_PIP), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps", "--no-compile"]
    command += ["--platform", "any", "--implementation", "py", "--abi", "none", "--only-binary=:all:"]
    command += ["--require-hashes", "-r", str(LOCK), "--target", str(VENDOR)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise ToolError(f"pip did not finish within {_INSTALL_TIMEOUT} s: check the package index.") from None
    if done.returncode:
        raise ToolError(f"pip could not install requirements/lambda.txt as pure Python:\n{done.stderr.strip()}")
    stamp.write_text(digest)
    return VENDOR


@dataclass(frozen=True)
class Distribution:
    """An installed library; `metadata` is the file in which it would look up its own version."""

    name: str
    version: str
    metadata: Path


def distributions() -> dict[str, Distribution]:
    """Return top-level module -> distribution of everything vendored, as its installer recorded it."""
    found = {}
    for record in sorted(VENDOR.glob("*.dist-info/RECORD")):
        name, _, version = record.parent.name.removesuffix(".dist-info").rpartition("-")
        distribution = Distribution(name.replace("_", "-"), version, record.with_name("METADATA"))
        for line in record.read_text().splitlines():
            top = line.split(",")[0].split("/")[0]
            if not top.endswith((".dist-info", "-stubs")) and top not in ("bin", ".."):
                found[top.removesuffix(".py")] = distribution
    return found
