"""What a stack remembers between commands: stack.json in its folder, and a lock so that two commands do not meet."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tools.terminal import ToolError


@dataclass
class Record:
    """`pid` is None while the emulator is stopped; `applied` fingerprints what Terraform last applied whole."""

    pid: int | None = None
    port: int | None = None
    applied: str | None = None
    outputs: dict[str, Any] = field(default_factory=dict)


def read(folder: Path) -> Record:
    try:
        return Record(**json.loads((folder / "stack.json").read_text()))
    except FileNotFoundError:
        return Record()
    except (ValueError, TypeError):
        raise ToolError(f"{folder / 'stack.json'} is not readable: run `make reset` to start over.") from None


def write(folder: Path, record: Record) -> None:
    partial = folder / "stack.json.partial"
    partial.write_text(json.dumps(asdict(record), indent=2) + "\n")
    partial.replace(folder / "stack.json")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the stack for one command; a second one is told so at once instead of breaking the first."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ToolError(
                f"Another command works on the stack '{folder.name}' right now: wait for it, then repeat."
            ) from None
        yield
