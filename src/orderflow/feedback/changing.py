"""Changing and removing feedback: its giver for a day, administrators remove at any time."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from orderflow.feedback.errors import (
    FeedbackBusyError,
    FeedbackFinalError,
    FeedbackNotFoundError,
)
from orderflow.feedback.feedback import Feedback
from orderflow.feedback.recording import FeedbackMovedError, FeedbackStore, erase, record
from orderflow.runtime.caller import Caller
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import StaleVersionError

_ATTEMPTS = 4
_FEEDBACK_ID = re.compile(r"fbk_[0-9a-f]{32}")
_LONGEST_ECHO = 36


def update_feedback(
    caller: Caller,
    feedback_id: str,
    version: int,
    changes: Mapping[str, Any],
    *,
    store: FeedbackStore,
    clock: Callable[[], datetime],
) -> Feedback:
    """Change rating, comment or category (`changes` by their names) and return the feedback with its next version.

    Administrators change nobody's words. Raises FeedbackNotFoundError, FeedbackFinalError, StaleVersionError,
    FeedbackBusyError.
    """
    for _ in range(_ATTEMPTS):
        before, now = _found(feedback_id, store), clock()
        if before.user_id != caller.user_id:
            raise FeedbackNotFoundError(feedback_id)
        _require_editable(before, now)
        if before.version != version:
            raise StaleVersionError(f"Feedback {feedback_id}", before.version)
        after = replace(before, **changes, version=version + 1, updated_at=iso(now))
        try:
            return record(before, after, now, store)
        except FeedbackMovedError:
            continue  # what is there now decides
    raise FeedbackBusyError


def delete_feedback(caller: Caller, feedback_id: str, *, store: FeedbackStore, clock: Callable[[], datetime]) -> None:
    """Remove feedback for good: what it said is gone, and its order cannot be judged again.

    Raises FeedbackNotFoundError, FeedbackFinalError (not for administrators), FeedbackBusyError.
    """
    for _ in range(_ATTEMPTS):
        before, now = _found(feedback_id, store), clock()
        if not caller.is_admin:
            if before.user_id != caller.user_id:
                raise FeedbackNotFoundError(feedback_id)
            _require_editable(before, now)
        try:
            erase(before, now, store)
        except FeedbackMovedError:
            continue
        return
    raise FeedbackBusyError


def _found(feedback_id: str, store: FeedbackStore) -> Feedback:
    found = store.find(feedback_id) if _FEEDBACK_ID.fullmatch(feedback_id) else None
    if found is None:
        raise FeedbackNotFoundError(feedback_id[:_LONGEST_ECHO])
    return found


def _require_editable(feedback: Feedback, now: datetime) -> None:
    if not feedback.is_editable(now):
        raise FeedbackFinalError(iso(feedback.editable_until))
