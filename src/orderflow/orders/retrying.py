"""What an operator may start again: the workflow of an order that is open, or a cancellation that did not finish.

It does what the sweeper does, at once and further: the person has removed the cause.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from orderflow.orders.execution_names import cancellation_names, first_cancellation
from orderflow.orders.sweeping import Finding, Sweeper


class Remedy(StrEnum):
    """What starting again means for an order."""

    QUEUE = "QUEUE"  # no execution ever had its name: queued again
    REPLACE = "REPLACE"  # its execution is gone: a fresh one takes over
    CANCEL_AGAIN = "CANCEL_AGAIN"  # its cancellation failed: started under another name, it does what is missing
    WAIT = "WAIT"  # an execution works on it
    NOTHING = "NOTHING"  # no execution has work left
    BEYOND_REPAIR = "BEYOND_REPAIR"  # MAX_RETRIES executions failed


CHANGES = frozenset({Remedy.QUEUE, Remedy.REPLACE, Remedy.CANCEL_AGAIN})
_OF_OPEN_ORDERS = {
    Finding.RUNNING: Remedy.WAIT,
    Finding.NOT_PICKED_UP: Remedy.QUEUE,
    Finding.ABANDONED: Remedy.REPLACE,
    Finding.BEYOND_REPAIR: Remedy.BEYOND_REPAIR,
    Finding.ENDED: Remedy.NOTHING,
    Finding.MOVED_ON: Remedy.NOTHING,
}


@dataclass(frozen=True)
class Retry:
    """What is to be done, or was: `execution` is the name of the one that is started, or that works on the order."""

    remedy: Remedy
    execution: str | None = None


class Cancellations(Protocol):
    """Executions of order_cancellation."""

    def status(self, name: str) -> str | None:
        """Return how the execution stands in Step Functions' words, None when there is none."""
        ...

    def start_again(self, earlier: str, name: str) -> None:
        """Start an execution with the input of an earlier one, unless one has the name."""
        ...


@dataclass
class Retrier:
    """Starts again what failed technically; repeating it while that runs, or after it ended well, starts nothing."""

    sweeper: Sweeper
    cancellations: Cancellations

    def look(self, order_id: str) -> Retry:
        """Return what an order needs, and change nothing."""
        # First: an order that its customer cancelled is to be cancelled, whatever its workflow does.
        cancellation = self._cancellation(order_id)
        if cancellation.remedy is not Remedy.NOTHING:
            return cancellation
        look = self.sweeper.look(order_id)
        return Retry(_OF_OPEN_ORDERS[look.finding], look.fresh)

    def retry(self, order_id: str) -> Retry:
        """Start again what is missing, and return it."""
        wanted = self.look(order_id)
        if wanted.remedy is Remedy.CANCEL_AGAIN and wanted.execution:
            self.cancellations.start_again(first_cancellation(order_id), wanted.execution)
        elif wanted.remedy in CHANGES:
            self.sweeper.sweep(order_id)
        return wanted

    def _cancellation(self, order_id: str) -> Retry:
        latest, status = "", None
        for name in cancellation_names(order_id):
            if (found := self.cancellations.status(name)) is None:
                break
            latest, status = name, found
        match status:
            case None | "SUCCEEDED":
                return Retry(Remedy.NOTHING)
            case "RUNNING" | "PENDING_REDRIVE":
                return Retry(Remedy.WAIT, latest)
        return Retry(Remedy.BEYOND_REPAIR, latest) if name == latest else Retry(Remedy.CANCEL_AGAIN, name)
