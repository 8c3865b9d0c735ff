"""The store in memory keeps the promises of the real one, so that what is proved on it holds."""

from tests.support import feedback_contract as contract


class TestInMemoryFeedback(contract.FeedbackContract): ...
