"""Several actors take turns at every call they make to the world, in an order that a test decides."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

_STUCK_SECONDS = 10


class Turns:
    """Runs actors one call at a time: `choose(n)` picks among the n actors that wait, `after_each` looks at the world.

    Each actor is a thread, but only one ever runs: the same choices give the same history.
    """

    def __init__(self, choose: Callable[[int], int], after_each: Callable[[], None]) -> None:
        self._choose, self._after_each = choose, after_each
        self._actors: list[_Actor] = []
        self._local = threading.local()

    def add(self, name: str, run: Callable[[], Any]) -> None:
        """Add an actor; it may be added by one that runs."""
        actor = _Actor(name, run)
        self._actors.append(actor)
        actor.thread = threading.Thread(target=self._live, args=(actor,), daemon=True)
        actor.thread.start()

    def run(self) -> None:
        """Let everyone run to the end; raises what an actor died of, or what `after_each` raised."""
        while waiting := [actor for actor in self._actors if not actor.ended]:
            actor = waiting[self._choose(len(waiting)) % len(waiting)]
            actor.paused.clear()
            actor.may_go.set()
            if not actor.paused.wait(_STUCK_SECONDS):
                raise AssertionError(f"{actor.name} did not give its turn back")
            if actor.error:
                raise actor.error
            self._after_each()

    def pause(self) -> None:
        """Wait for the caller's next turn."""
        self._rest(self._local.actor)

    def _live(self, actor: "_Actor") -> None:
        self._local.actor = actor
        actor.may_go.wait()
        actor.may_go.clear()
        try:
            actor.run()
        except BaseException as error:  # noqa: BLE001 - the test's own thread raises it again
            actor.error = error
        actor.ended = True
        actor.paused.set()

    @staticmethod
    def _rest(actor: "_Actor") -> None:
        actor.paused.set()
        actor.may_go.wait()
        actor.may_go.clear()


@dataclass
class _Actor:
    name: str
    run: Callable[[], Any]
    may_go: threading.Event = field(default_factory=threading.Event)
    paused: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None
    ended: bool = False
    error: BaseException | None = None
