"""A request with a key is worked on once: its repeats get its answer, also when the session has moved on since."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from orderflow.runtime.errors import OrderflowError
from orderflow.runtime.idempotency.answer import Answer
from orderflow.runtime.idempotency.errors import KeyTakenError
from orderflow.runtime.idempotency.keys import IdempotencyKeys, KeyWrite
from orderflow.runtime.idempotency.once import Once
from orderflow.runtime.json_text import JsonText

Thing = TypeVar("Thing")  # what a request makes: a session, a payment token


@dataclass(frozen=True)
class Given:
    """An answer, and whether it was given before."""

    answer: Answer
    replayed: bool = False


def answered_once(
    once: Once,
    keys: IdempotencyKeys,
    status: int,
    render: Callable[[Thing], JsonText],
    work: Callable[[Callable[[Thing], KeyWrite]], Thing],
) -> Given:
    """Return the answer to what `work` makes; it is kept in the transaction that writes that.

    Raises what `work` raises but KeyTakenError; IdempotencyConflictError, RequestInProgressError.
    """
    fresh = keys.fresh(once)
    answers: list[Answer] = []

    def keep(made: Thing) -> KeyWrite:
        answers.append(Answer(status, render(made)))
        return fresh.finished(answers[-1])

    try:
        work(keep)
    except KeyTakenError:
        return Given(keys.taken(once).answer, replayed=True)
    except OrderflowError as refused:
        # A session may have moved on since the first request: its answer still stands.
        if refused.http_status < 500 and (earlier := keys.earlier(once)):
            return Given(earlier.answer, replayed=True)
        raise
    return Given(answers[-1])
