"""Look at and end processes that we started, and no others."""

import os
import signal
import subprocess
import time
from pathlib import Path


def command_of(pid: int) -> str:
    """Return a process's command line, empty when there is none with that id or it has ended."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        try:
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    listing = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False, timeout=10
    )
    return listing.stdout.strip()


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _reap(pid: int) -> None:
    """Collect the exit of a child of this very process, which would stay a zombie otherwise."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def stop(pid: int, is_ours: str, grace: float) -> bool:
    """Ask a process that leads its own group to end, wait up to `grace` seconds, then end what is left of its group.

    `is_ours` must occur in the command line, else nothing is touched. Returns False when it still runs after the grace.
    """
    if is_ours not in command_of(pid):
        return True
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        _reap(pid)
        if is_ours not in command_of(pid):
            # The functions' processes wait for an emulator that is gone.
            _signal_group(pid, signal.SIGTERM)
            return True
        time.sleep(0.05)
    return False


def kill(pid: int, is_ours: str) -> None:
    """End a process and its group at once."""
    if is_ours in command_of(pid):
        _signal_group(pid, signal.SIGKILL)
        time.sleep(0.1)
        _reap(pid)
