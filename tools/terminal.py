"""What every tool says on the terminal: steps with their durations, and one clear line when something is wrong."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class ToolError(Exception):
    """Something a person can mend; the message says what is wrong, with what, and what to do."""


def fail(message: str) -> NoReturn:
    err.print(message, style="bold red", markup=False)
    sys.exit(1)


def run_tool(main: Callable[[], int | None]) -> NoReturn:
    """Run a tool's main: expected errors become one line and exit code 1, Ctrl-C becomes 130."""
    try:
        sys.exit(main() or 0)
    except ToolError as error:
        fail(str(error))
    except KeyboardInterrupt:
        err.print("stopped", style="red")
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output (head, less) went away: nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


class Clock:
    """Adds up where the time went: 'ours', 'terraform', 'pip'."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.spent: dict[str, float] = {}

    def add(self, kind: str, seconds: float) -> None:
        self.spent[kind] = self.spent.get(kind, 0.0) + seconds

    @contextmanager
    def step(self, title: str, kind: str = "ours") -> Iterator[None]:
        """Announce a step, time it and say how long it took; a failing step is marked and re-raised."""
        begun = time.monotonic()
        live = out.is_terminal
        if live:
            out.print(f"[dim]…[/] {title}", end="\r")
        try:
            yield
        except BaseException:
            out.print(f"[red]✗[/] {title}")
            raise
        seconds = time.monotonic() - begun
        self.add(kind, seconds)
        out.print(f"[green]✓[/] {title} [dim]{seconds:.1f} s[/]" + (" " * 8 if live else ""))

    def summary(self) -> str:
        total = sum(self.spent.values())
        parts = ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in sorted(self.spent.items()))
        return f"{total:.1f} s ({parts})"


def setup_seconds() -> float:
    """Seconds that make spent before this tool began (environments): make passes its own start in ORDERFLOW_STARTED."""
    started = os.environ.get("ORDERFLOW_STARTED", "")
    return max(0.0, time.time() - float(started)) if started.isdigit() else 0.0
