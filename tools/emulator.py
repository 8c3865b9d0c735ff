"""The local AWS (ministack) as a process of ours: started on loopback, asked for readiness, stopped cleanly."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools import processes
from tools.paths import ROOT
from tools.terminal import ToolError

START_SECONDS = 60.0
# Saving its state is part of a clean stop; only a clean stop keeps the data.
STOP_SECONDS = 90.0
# Whoever may reach loopback may use it: these are names, not secrets.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
REGION = "eu-central-1"


class Emulator:
    """One emulator with its folder (log, state, objects, temporary files) and port."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.endpoint = f"http://localhost:{port}"
        self.log = folder / "emulator.log"
        # -P: the names of our tools are not to be found before those of its libraries.
        self._command = [sys.executable, "-P", str(ROOT / "tools" / "emulator_server.py")]

    @property
    def signature(self) -> str:
        """What our process's command line holds and no other checkout's does."""
        return " ".join(self._command)

    def environment(self, extra: dict[str, str]) -> dict[str, str]:
        """Return the emulator's whole environment: functions inherit it, so nothing of the caller's AWS setup."""
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "LC_ALL", "TZ") if name in os.environ}
        # Its functions run `python3`: ours, which has AWS's runtime client.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        return {
            **kept,
            **CREDENTIALS,
            "PATH": path,
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            # The emulator hands this to functions under the runtime client, also after it came back on another port.
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": f"unix://{self.folder}/no-docker.sock",
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            "STATE_DIR": str(self.folder / "state"),
            "S3_DATA_DIR": str(self.folder / "s3"),
            "TMPDIR": str(self.folder / "tmp"),
            "LOG_LEVEL": "INFO",
            **extra,
        }

    def start(self, extra: dict[str, str] | None = None) -> int:
        """Start it and return its process id once it answers; a start that fails shows the end of its log."""
        for name in ("state", "s3", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                self._command,
                env=self.environment(extra or {}),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ToolError(
                    f"The local AWS ended right after its start (exit {process.returncode}):\n{self._log_end()}"
                )
            if self.is_ready():
                return process.pid
            time.sleep(0.05)
        processes.kill(process.pid, self.signature)
        raise ToolError(f"The local AWS did not answer within {START_SECONDS:.0f} s:\n{self._log_end()}")

    def move_from(self, port: int) -> None:
        """Let data that was saved on another port work on this one.

        ministack 1.5.33 keys its queues by their URL, port included, and looks them up for Lambda by the present port:
        without this, messages would wait forever. Everything else it finds by name.
        """
        saved = self.folder / "state" / "sqs.json"
        if saved.is_file():
            saved.write_text(saved.read_text().replace(f"http://localhost:{port}/", f"{self.endpoint}/"))

    def rewind_streams(self) -> None:
        """Let functions that follow a table's stream hear of what is written after this start.

        ministack 1.5.33 saves how many records each has read, but not the records: without this, as many new ones as
        were ever read would pass unheard.
        """
        saved = self.folder / "state" / "lambda.json"
        if saved.is_file():
            state = json.loads(saved.read_text())
            read = state["payload"]["dynamodb_stream_positions"]["data"]
            read.update(dict.fromkeys(read, 0))
            saved.write_text(json.dumps(state))

    def is_ready(self) -> bool:
        return self.answers("/_ministack/ready")

    def answers(self, path: str, timeout: float = 2.0) -> bool:
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                f"http://127.0.0.1:{self.port}{path}", timeout=timeout
            ) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def owns(self, pid: int) -> bool:
        """Tell whether `pid` is an emulator that this checkout started."""
        return self.signature in processes.command_of(pid)

    def stop(self, pid: int) -> None:
        if not processes.stop(pid, self.signature, STOP_SECONDS):
            raise ToolError(
                f"The local AWS (process {pid}) is still saving after {STOP_SECONDS:.0f} s. Wait and run `make down` "
                f"again; `kill -9 {pid}` ends it but loses its data. Its log: {self.log}"
            )

    def discard(self, pid: int) -> None:
        """End it without saving."""
        processes.kill(pid, self.signature)

    def forget(self) -> None:
        for name in ("state", "s3", "tmp"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def _log_end(self, lines: int = 15) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"
