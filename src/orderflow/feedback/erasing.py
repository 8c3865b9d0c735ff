"""What feedback tells of its giver, taken out; the stars stay, and count as before."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from orderflow.feedback.errors import FeedbackBusyError
from orderflow.feedback.feedback import Feedback, feedback_id_of
from orderflow.feedback.recording import FeedbackFinder, FeedbackMovedError, FeedbackStore, record

NOBODY = "00000000-0000-0000-0000-000000000000"  # the Nil UUID: rfc-editor.org/rfc/rfc9562#section-5.9
_ATTEMPTS = 4


def of_giver(order_ids: Iterable[str], store: FeedbackFinder) -> list[str]:
    """Return the ids of feedback on these orders that tells of its giver."""
    found = (store.find(feedback_id_of(order_id)) for order_id in order_ids)
    return [each.feedback_id for each in found if each is not None and each != _without_giver(each)]


def erase_giver(feedback_id: str, *, store: FeedbackStore, clock: Callable[[], datetime]) -> None:
    """Take out of feedback who gave it and what they wrote: comment and category are free words.

    Nobody can change it afterwards. Repeating changes nothing; raises FeedbackBusyError.
    """
    for _ in range(_ATTEMPTS):
        before = store.find(feedback_id)
        if before is None or (after := _without_giver(before)) == before:
            return
        try:
            record(before, after, clock(), store)
        except FeedbackMovedError:
            continue
        return
    raise FeedbackBusyError


def _without_giver(feedback: Feedback) -> Feedback:
    return replace(feedback, user_id=NOBODY, comment="", category=None)
