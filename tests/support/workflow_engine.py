"""Where the workflow tests run: an engine started here, or one that the environment names.

ORDERFLOW_SFN_ENGINE    embedded (default): localemu out of .venv-workflow, started here on a free loopback port;
                        external: started by you, with the mock file in workflows/mocks/, fresh for each run.
ORDERFLOW_SFN_ENDPOINT  where an external engine listens: http://127.0.0.1:8083 for AWS's Step Functions Local.
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

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
_PYTHON = ROOT / ".venv-workflow" / "bin" / "python"
_BOOT_SECONDS = 60
_STOP_SECONDS = 5
_OLDEST_PYTHON = (3, 12)


@contextmanager
def running_engine(mocks: Path) -> Iterator[str]:
    """Yield the endpoint of a Step Functions engine that answers tasks from the mock file; stop it afterwards."""
    engine = os.environ.get("ORDERFLOW_SFN_ENGINE", "embedded")
    endpoint = os.environ.get("ORDERFLOW_SFN_ENDPOINT")
    if engine == "external":
        if not endpoint:
            pytest.fail("ORDERFLOW_SFN_ENGINE=external needs ORDERFLOW_SFN_ENDPOINT=http://host:port")
        yield endpoint
    elif engine == "embedded":
        with _localemu(mocks) as endpoint:
            yield endpoint
    else:
        pytest.fail(f"ORDERFLOW_SFN_ENGINE is {engine!r}; choose embedded or external")


@contextmanager
def _localemu(mocks: Path) -> Iterator[str]:
    if not _PYTHON.exists():
        if sys.version_info < _OLDEST_PYTHON:
            pytest.skip("the embedded Step Functions engine needs Python 3.12; give ORDERFLOW_SFN_ENDPOINT instead")
        pytest.fail(f"{_PYTHON} is missing: run `make test-workflow`, which makes it, or name an external engine")
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
