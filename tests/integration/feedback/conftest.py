"""Feedback in DynamoDB, with the tables that Terraform declares."""

from typing import Any

import pytest

from orderflow.catalog.product_store import DynamoProductStore
from orderflow.catalog.rating_store import DynamoRatings
from orderflow.feedback.feedback_listing import DynamoFeedbackListing
from orderflow.feedback.feedback_store import DynamoFeedbackStore
from tests.support import trail
from tests.support.feedback import FeedbackWorld
from tests.support.frozen import FrozenClock


@pytest.fixture
def world(dynamodb: Any, tables: dict[str, str], clock: FrozenClock) -> FeedbackWorld:
    """Give a shop without products and orders."""
    store = DynamoFeedbackStore(
        dynamodb, tables["feedback"], ratings=DynamoRatings(tables["products"]).changes, sleep=lambda _: None
    )
    products = DynamoProductStore(
        dynamodb, tables["products"], author=trail.author(tables), words=tables["product-words"], stock=tables["stock"]
    )
    return FeedbackWorld(store, DynamoFeedbackListing(dynamodb, tables["feedback"]), products, clock)
