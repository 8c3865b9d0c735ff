"""Where the workflow tests run: an engine started here, or one that the environment names.

SFN_ENGINE    localemu (default): out of .venv-workflow, started here on a free loopback port;
              ours: the interpreter in tests/support/asl, in this process, without waiting;
              ministack: the local AWS, started here; its history is too coarse for most tests: for `make parity`.
SFN_ENDPOINT  an engine that you started instead, with the file of all mocks, fresh for each run:
              http://127.0.0.1:8083 for AWS's Step Functions Local.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
import requests

from tests.support.asl.mocked import MockedEngine
from tests.support.step_functions import Execution, StepFunctions
from tools import ports
from tools.emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ("localemu", "ours", "ministack")
_PYTHON = ROOT / ".venv-workflow" / "bin" / "python"
_BOOT_SECONDS = 60
_STOP_SECONDS = 5
_OLDEST_PYTHON = (3, 12)
_FIRST_PORT = 4700


class Engine(Protocol):
    """What the workflow tests ask of an engine."""

    def create(self, name: str, definition: dict[str, Any]) -> str:
        """Create the state machine and return its ARN."""
        ...

    def start(self, machine: str, case: str, execution: str, workflow_input: dict[str, Any]) -> str:
        """Start the machine with the mocks of one test case and return the execution's ARN."""
        ...

    def finished(self, execution: str, within_seconds: float) -> Execution:
        """Wait for the end of the execution, at most so long, and return it with its whole history."""
        ...


@contextmanager
def running_engine(mocks: Path) -> Iterator[Engine]:
    """Yield the engine that the environment asks for, which answers tasks from the mock file; stop it afterwards."""
    if endpoint := os.environ.get("SFN_ENDPOINT"):
        yield StepFunctions(endpoint)
    else:
        with engine_called(os.environ.get("SFN_ENGINE", "localemu"), mocks) as engine:
            yield engine


@contextmanager
def engine_called(name: str, mocks: Path) -> Iterator[Engine]:
    """Yield one of ENGINES."""
    if name == "localemu":
        with _localemu(mocks) as endpoint:
            yield StepFunctions(endpoint)
    elif name == "ours":
        yield MockedEngine.read(mocks)
    elif name == "ministack":
        with _ministack(mocks) as endpoint:
            yield StepFunctions(endpoint)
    else:
        pytest.fail(f"SFN_ENGINE is {name!r}; choose one of {', '.join(ENGINES)}, or give SFN_ENDPOINT")


@contextmanager
def _ministack(mocks: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="orderflow-sfn-", ignore_cleanup_errors=True) as home:
        emulator = Emulator(Path(home), ports.choose(_FIRST_PORT))
        # Waits and backoff are skipped.
        process = emulator.start({"SFN_MOCK_CONFIG": str(mocks), "SFN_WAIT_SCALE": "0", "PERSIST_STATE": "0"})
        try:
            yield emulator.endpoint
        finally:
            emulator.discard(process)


@contextmanager
def _localemu(mocks: Path) -> Iterator[str]:
    if not _PYTHON.exists():
        if sys.version_info < _OLDEST_PYTHON:
            pytest.skip("localemu needs Python 3.12; set SFN_ENGINE=ours or SFN_ENDPOINT instead")
        pytest.fail(f"{_PYTHON} is missing: run `make test-workflow`, which makes it, or set SFN_ENGINE=ours")
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="orderflow-sfn-", ignore_cleanup_errors=True) as home:
        log = Path(home) / "engine.log"
        with log.open("wb") as output:
            engine = subprocess.Popen(
                [str(_PYTHON), str(Path(__file__).with_name("localemu_engine.py"))],
                cwd=home,
                env=_environment(home, port, mocks),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield _ready(engine, f"http://127.0.0.1:{port}", log)
        finally:
            _stop(engine)


def _environment(home: str, port: int, mocks: Path) -> dict[str, str]:
    # Nothing is inherited but the path: a proxy or a profile of the developer must not reach the engine.
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": home,
        "TMPDIR": home,
        "SERVICES": "stepfunctions,iam,sts,logs",
        "SFN_MOCK_CONFIG": str(mocks),
        # localemu's default server listens on every interface whatever it is told; its other one obeys.
        "GATEWAY_SERVER": "hypercorn",
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DNS_ADDRESS": "0",
    }


def _ready(engine: subprocess.Popen[bytes], endpoint: str, log: Path) -> str:
    deadline = time.monotonic() + _BOOT_SECONDS
    while time.monotonic() < deadline and engine.poll() is None:
        try:
            if requests.get(f"{endpoint}/_localemu/health", timeout=2).ok:
                return endpoint
        except requests.ConnectionError:
            time.sleep(0.1)
    ending = "ended" if engine.poll() is not None else f"did not answer within {_BOOT_SECONDS} s"
    pytest.fail(f"the Step Functions engine {ending}; its last words:\n{log.read_text(errors='replace')[-2000:]}")


def _stop(engine: subprocess.Popen[bytes]) -> None:
    engine.terminate()
    try:
        engine.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        engine.kill()
        engine.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
