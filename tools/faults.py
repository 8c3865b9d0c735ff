"""Transient faults for the functions' AWS calls, as AWS has them: refused before, or done and the answer lost."""

import json
import random
import threading
from collections import Counter
from dataclasses import dataclass, field

from tools.forwarder import Answer, Call


def _refusal(status: int, kind: str) -> Answer:
    body = json.dumps({"__type": kind, "message": "injected"}).encode()
    return Answer(status, body, (("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-errortype", kind)))


# A throttled call did not happen; of an internal error nobody knows.
_THROTTLED = _refusal(400, "ThrottlingException")
_INTERNAL = _refusal(500, "InternalServerError")


@dataclass
class Faults:
    """Spoils a share of the calls, in thirds: throttled, failed before they happen, done and answered with an error.

    `spoiled` counts them by service and kind. `seed` makes the draws, not their order among threads, repeatable.
    """

    share: float
    seed: int = 1
    spoiled: Counter[str] = field(default_factory=Counter)
    seen: int = 0

    def __post_init__(self) -> None:
        self._random, self._lock, self._fates = random.Random(self.seed), threading.Lock(), threading.local()

    def before(self, call: Call, /) -> Answer | None:
        with self._lock:
            self.seen += 1
            drawn = self._random.random() / self.share if self.share else 1
            kind = ("throttled", "failed", "lost")[int(drawn * 3)] if drawn < 1 else ""
            if kind:
                self.spoiled[f"{call.service} {kind}"] += 1
        # The same thread asks again after the call.
        self._fates.lost = kind == "lost"
        return {"throttled": _THROTTLED, "failed": _INTERNAL}.get(kind)

    def after(self, _call: Call, answer: Answer, /) -> Answer:
        return _INTERNAL if self._fates.lost else answer
