"""The idempotency keys of the reference merchant."""

import hashlib
import json
import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from reference.wire import RefusedError

KEPT_SECONDS = 24 * 3600


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class Record:
    fingerprint: str
    at: float
    answer: Answer | None = None


def canonical(node: Any, modes: Collection[str]) -> Any:
    """Return a document as its meaning: whole numbers are integers; member order goes when it is written."""
    if isinstance(node, dict):
        gone = {name for name in ("discounts", "metadata") if f"leaves_out_{name}" in modes}
        kept = {name: value for name, value in node.items() if name not in gone}
        if "null_is_absent" in modes:
            kept = {name: value for name, value in kept.items() if value is not None}
        return {name: canonical(value, modes) for name, value in kept.items()}
    if isinstance(node, list):
        found = [canonical(entry, modes) for entry in node]
        return sorted(found, key=json.dumps) if "sorts_arrays" in modes else found
    if isinstance(node, float) and node.is_integer() and "keeps_floats" not in modes:
        node = int(node)
    return str(node) if "compares_as_text" in modes and isinstance(node, int) and not isinstance(node, bool) else node


def fingerprint(raw: bytes, body: Any, headers: dict[str, str], modes: Collection[str]) -> str:
    if "compares_bytes" in modes:
        meant = raw.decode(errors="replace")
    else:
        meant = json.dumps(canonical(body, modes), sort_keys=True)
    if "compares_headers" in modes:
        meant += headers.get("user-agent", "")
    return hashlib.sha256(meant.encode()).hexdigest()


class Keys:
    """Which answer each key got."""

    def __init__(self, modes: set[str]) -> None:
        self._modes = modes
        self._records: dict[tuple[str, str, str], Record] = {}
        self._lock = threading.Lock()

    def place(self, caller: str, path: str, key: str) -> tuple[str, str, str]:
        caller = "" if "keys_ignore_callers" in self._modes else caller
        return caller, "" if "keys_ignore_paths" in self._modes else path, key

    def begin(self, place: tuple[str, str, str], print_: str, now: float) -> Answer | None:
        """Claim a key; return the answer that it already has.

        Raises:
            RefusedError: another body used it, or the request that did is still running.
        """
        if "ignores_keys" in self._modes:
            return None
        with self._lock:
            kept = 3600 if "forgets_keys" in self._modes else KEPT_SECONDS
            record = self._records.get(place)
            if record is None or now - record.at > kept:
                self._records[place] = Record(print_, now)
                return None
            if record.fingerprint != print_ and "other_body_replays" not in self._modes:
                raise RefusedError(422, "idempotency_conflict")
            if record.answer is None and "races" in self._modes:
                return None
            if record.answer is None:
                if "in_flight_is_422" in self._modes:
                    raise RefusedError(422, "idempotency_conflict")
                headers = {} if "no_retry_after" in self._modes else {"Retry-After": "1"}
                raise RefusedError(409, "idempotency_in_flight", headers=headers)
            unmarked = self._modes & {"does_not_mark_replays", "stores_5xx_silently"}
            marked = {} if unmarked else {"Idempotent-Replayed": "true"}
            return Answer(record.answer.status, record.answer.body, record.answer.headers | marked)

    def finish(self, place: tuple[str, str, str], answer: Answer) -> None:
        with self._lock:
            lost = "loses_keys_of_completes" in self._modes and place[1].endswith("/complete")
            if lost or (answer.status >= 500 and not self._modes & {"stores_5xx", "stores_5xx_silently"}):
                self._records.pop(place, None)
            elif place in self._records:
                self._records[place].answer = answer
