"""The sending of webhooks in simulated time: a queue with delays, a schedule, functions beside each other, receivers.

Functions run in threads of which one runs at a time: it stops where it sends, until the simulated time that the
receiver takes has passed. So hours go by in a second, and what happens in between happens in between.
"""

import heapq
import itertools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from orderflow.checkout.webhooks.attempt_queue import LONGEST_DELAY
from orderflow.checkout.webhooks.delivery import Answer
from orderflow.checkout.webhooks.errors import EarlierEventMissingError
from orderflow.checkout.webhooks.event import OrderEvent
from orderflow.checkout.webhooks.lane import Lane
from orderflow.checkout.webhooks.managing import disable_gone
from orderflow.checkout.webhooks.releasing import release
from orderflow.checkout.webhooks.sending import Sender
from orderflow.checkout.webhooks.taking import take
from tests.support.frozen import CountingIds, FrozenClock
from tests.support.webhooks import opened

MINUTE = timedelta(minutes=1)


@dataclass
class Arrived:
    """One request as a receiver got it."""

    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int | None


class FunctionDiedError(Exception):
    """A function ended without a word."""


@dataclass
class Simulation:
    """`behave` says how a receiver answers and how long it takes; `dies` whether a function ends before or after it."""

    endpoints: Any
    deliveries: Any
    clock: FrozenClock = field(default_factory=FrozenClock)
    behave: Callable[[str, datetime], tuple[Answer, timedelta]] = lambda _url, _at: (Answer(1, 200), timedelta(0))
    dies: Callable[[str], bool] = lambda _point: False
    functions: int = 10
    schedule_runs: bool = True
    queue_loses: Callable[[], bool] = lambda: False
    seed: int = 1
    arrived: list[Arrived] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random, self._numbers, self._ids = Random(self.seed), itertools.count(), CountingIds()
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._waiting: list[tuple[str, str]] = []
        self._busy = 0
        if self.schedule_runs:
            self.at(self.clock() + MINUTE, self._tick)

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._numbers), action))

    def publish(self, event: OrderEvent, delay: timedelta = timedelta(0)) -> None:
        """Put an event into the queue of order updates; it is handed out again while the one before is missing."""

        def hand_out() -> None:
            try:
                due = take(event, endpoints=self.endpoints, intake=self.deliveries, clock=self.clock)
            except EarlierEventMissingError:
                self.publish(event, MINUTE)
            else:
                self._queue(due)

        self.at(self.clock() + delay, hand_out)

    def run(self, until: datetime) -> None:
        """Let time pass."""
        while self._agenda and self._agenda[0][0] <= until:
            moment, _, action = heapq.heappop(self._agenda)
            self.clock.now = max(self.clock.now, moment)
            action()
        self.clock.now = until

    def _tick(self) -> None:
        release(self.deliveries, lambda lanes: [self._look(*lane) for lane in lanes], self.clock)
        self.at(self.clock() + MINUTE, self._tick)

    def _queue(self, lanes: list[Lane]) -> None:
        for lane in lanes:
            if lane.due_at is None or lane.due_at - self.clock() > timedelta(seconds=LONGEST_DELAY):
                continue
            if not self.queue_loses():
                key = (lane.endpoint_id, lane.order_id)
                self.at(max(lane.due_at, self.clock()), lambda key=key: self._look(*key))

    def _look(self, endpoint_id: str, order_id: str) -> None:
        if self._busy >= self.functions:
            self._waiting.append((endpoint_id, order_id))
            return
        self._busy += 1
        _Function(self, endpoint_id, order_id).go()

    def ended(self, lanes: list[Lane]) -> None:
        self._busy -= 1
        self._queue(lanes)
        if self._waiting:
            self._look(*self._waiting.pop(0))

    def sender(self, post: Callable[..., Answer]) -> Sender:
        return Sender(
            endpoints=self.endpoints,
            deliveries=self.deliveries,
            post=post,
            open=opened,
            gone=lambda endpoint_id: disable_gone(endpoint_id, endpoints=self.endpoints, clock=self.clock),
            clock=self.clock,
            ids=self._ids,
            uniform=self._random.uniform,
        )


class _Function:
    """One invocation that looks at one lane."""

    def __init__(self, simulation: Simulation, endpoint_id: str, order_id: str) -> None:
        self._simulation, self._lane = simulation, (endpoint_id, order_id)
        self._goes_on, self._stops = threading.Semaphore(0), threading.Semaphore(0)
        self._pause: timedelta | None = None
        self._lanes: list[Lane] = []
        self._failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def go(self) -> None:
        if not self._thread.is_alive():
            self._thread.start()
        self._goes_on.release()
        assert self._stops.acquire(timeout=30), "a function neither sent nor ended"
        if self._pause is not None:
            self._simulation.at(self._simulation.clock() + self._pause, self.go)
            self._pause = None
            return
        self._thread.join(30)
        if self._failed and not isinstance(self._failed, FunctionDiedError):
            raise self._failed
        self._simulation.ended(self._lanes)

    def _run(self) -> None:
        self._goes_on.acquire()
        try:
            sent = self._simulation.sender(self._post).send(*self._lane)
            self._lanes = [sent.lane] if sent else []
        except BaseException as failed:  # noqa: BLE001 - handed to the test's own thread
            self._failed = failed
        self._stops.release()

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        simulation = self._simulation
        if simulation.dies("before"):
            raise FunctionDiedError
        answer, takes = simulation.behave(url, simulation.clock())
        simulation.arrived.append(Arrived(simulation.clock(), url, headers, body, answer.status))
        self._pause = takes
        self._stops.release()
        self._goes_on.acquire()
        if simulation.dies("after"):
            raise FunctionDiedError
        return answer
