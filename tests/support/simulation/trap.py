"""Numbers every write as it happens, tells which one it is, and kills the process just before or just after one."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.crashes import ProcessDied
from tests.support.simulation.effects import SOURCE, Effect, effect_at

_OURS = str(SOURCE / "orderflow")


@dataclass
class Trap:
    """Kills at the write number `at` (from 0), once; -1 lets everything live."""

    at: int = -1
    after: bool = False
    seen: list[Effect] = field(default_factory=list)

    @property
    def sprung(self) -> bool:
        """Whether it has killed."""
        return 0 <= self.at < len(self.seen)

    def around(self, effect: Effect, write: Callable[[], Any]) -> Any:
        """Do one write."""
        self._before(effect)
        number = len(self.seen) - 1
        try:
            return write()
        finally:
            # Also after a refusal: whoever dies then has not heard of it.
            self._afterwards(number)

    def _before(self, effect: Effect) -> None:
        self.seen.append(effect)
        if not self.after and len(self.seen) - 1 == self.at:
            raise ProcessDied(str(effect))

    def _afterwards(self, number: int) -> None:
        if self.after and number == self.at:
            raise ProcessDied(str(self.seen[number]))


def effect_here() -> Effect:
    """Return the write that is being made: by the innermost frame of orderflow, entered through its file."""
    frame: Any = sys._getframe(1)
    while frame is not None and not frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    if frame is None:
        raise AssertionError("a write that nothing in orderflow asked for")
    path, line, entry = frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_qualname
    while frame.f_back is not None and frame.f_back.f_code.co_filename == path:
        frame = frame.f_back
        entry = frame.f_code.co_qualname
    effect = effect_at(Path(path), line, entry)
    if effect is None:
        raise AssertionError(f"{path}:{line} writes, and the list of effects does not have it")
    return effect
