"""Death, throttling and lost answers at every call between a use case and the world."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


class ProcessDied(BaseException):
    """The function was killed: nothing in the code under test may catch this."""


@dataclass
class Trap:
    """Runs `action` once, just before or just after the `at`-th call (from 0) to anything it guards."""

    action: Callable[[], None]
    at: int = -1  # never
    after: bool = False
    calls: int = 0

    @property
    def sprung(self) -> bool:
        return 0 <= self.at < self.calls

    def guard(self, target: Any) -> Any:
        """Return a stand-in for an object or a function whose calls are counted."""
        return _Guarded(target, self)

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Make one counted call."""
        here = self.calls == self.at
        self.calls += 1
        if here and not self.after:
            self.action()
        result = function(*args, **kwargs)
        if here and self.after:
            self.action()
        return result


@dataclass
class _Guarded:
    _target: Any
    _trap: Trap

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **kwargs: self._trap.call(getattr(self._target, name), *args, **kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._trap.call(self._target, *args, **kwargs)


def raising(error: type[BaseException], *args: Any) -> Callable[[], None]:
    """Return an action that raises."""

    def action() -> None:
        raise error(*args)

    return action


def every_trap(action: Callable[[], None], run: Callable[[Trap], Any], *errors: type[BaseException]) -> Iterator[Trap]:
    """Run a use case in fresh worlds that `run` makes, with the trap one call further each time, and yield after each.

    Ends when a whole run has no call left to trap; `errors` that a run dies of are expected.
    """
    for after in (False, True):
        for at in range(100):
            trap = Trap(action, at, after)
            with suppress(*errors):
                run(trap)
            if not trap.sprung:
                assert at > 0, "the use case called nothing that is guarded"
                break
            yield trap
        else:
            raise AssertionError("the use case makes a hundred calls")
