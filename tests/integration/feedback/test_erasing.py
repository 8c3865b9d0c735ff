"""Forgotten feedback names nobody in any of its rows."""

from typing import Any

from orderflow.analytics.counted import CountedRating
from orderflow.analytics.rating_change import rating_change
from orderflow.feedback.erasing import NOBODY, erase_giver
from orderflow.runtime.dynamo import from_item
from tests.support.feedback import FeedbackWorld
from tests.support.orders import CUSTOMER


def test_no_row_of_forgotten_feedback_tells_who_gave_it_or_what_they_wrote(
    dynamodb: Any, tables: dict[str, str], world: FeedbackWorld
) -> None:
    # Given
    world.product("A", "B")
    world.order("A", "B")
    given = world.give(4, comment="Ada from Elm Street", category="Lovelace")
    # When
    erase_giver(given.feedback_id, store=world.store, clock=world.clock)
    # Then
    rows = dynamodb.scan(TableName=tables["feedback"])["Items"]
    assert len(rows) == 2
    assert not any(told in str(rows) for told in (CUSTOMER.user_id, "Elm Street", "Lovelace"))
    assert [world.rating(product) for product in ("A", "B")] == [(4, 1), (4, 1)]
    assert world.listed("A") == world.listed("B") == [given.feedback_id]


def test_the_figures_keep_a_forgotten_customers_rating_as_nobodys(
    dynamodb: Any, tables: dict[str, str], world: FeedbackWorld
) -> None:
    # Given
    world.product("A")
    world.order("A")
    given = world.give(4)
    [before] = dynamodb.scan(TableName=tables["feedback"])["Items"]
    # When
    erase_giver(given.feedback_id, store=world.store, clock=world.clock)
    # Then
    [after] = dynamodb.scan(TableName=tables["feedback"])["Items"]
    change = rating_change(from_item(before), from_item(after))
    assert change is not None
    assert (change.version, change.facts) == (2, CountedRating(NOBODY, 4))
