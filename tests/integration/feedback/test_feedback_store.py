"""The DynamoDB store keeps the contract of feedback."""

from tests.support import feedback_contract as contract


class TestDynamoFeedback(contract.FeedbackContract): ...
