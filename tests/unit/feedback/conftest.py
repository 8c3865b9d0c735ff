"""Feedback in memory."""

import pytest

from tests.support.feedback import FeedbackWorld, in_memory
from tests.support.frozen import FrozenClock


@pytest.fixture
def world(clock: FrozenClock) -> FeedbackWorld:
    """Give a shop without products and orders."""
    return in_memory(clock)
