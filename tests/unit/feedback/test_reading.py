"""What one reads of others says nothing about them, and a cursor is of use to its own list and caller only."""

import pytest

from orderflow.feedback.reading import as_json, list_of_order, list_of_product
from orderflow.orders.errors import OrderNotFoundError
from orderflow.orders.status import OrderStatus
from orderflow.runtime.caller import Caller
from orderflow.runtime.errors import InvalidRequestError
from tests.support.feedback import KEY, ORDER_ID, FeedbackWorld
from tests.support.orders import ADMIN, CUSTOMER, STRANGER

OPEN = {"feedbackId", "rating", "comment", "category", "createdAt", "updatedAt"}
PERSONAL = {"orderId", "userId", "version", "counts", "editableUntil"}


@pytest.mark.parametrize(("caller", "told"), [(STRANGER, OPEN), (CUSTOMER, OPEN | PERSONAL), (ADMIN, OPEN | PERSONAL)])
def test_who_gave_feedback_is_told_to_them_and_administrators_only(
    world: FeedbackWorld, caller: Caller, told: set[str]
) -> None:
    world.order("A")
    shown = as_json(world.give(category="Quality"), caller)
    assert shown.keys() == told
    everything = str(shown)
    assert (CUSTOMER.user_id in everything) is (ORDER_ID in everything) is (caller is not STRANGER)


def test_texts_are_answered_as_they_were_written(world: FeedbackWorld) -> None:
    world.order("A")
    comment = "<script>alert(1)</script> [bold]& “quoted”\n\ttwice"
    shown = as_json(world.give(comment=comment), CUSTOMER)
    assert shown["comment"] == comment
    assert "category" not in shown


def of_order(world: FeedbackWorld, caller: Caller, token: str | None = None) -> list[str]:
    found = list_of_order(ORDER_ID, caller, token=token, orders=world.orders, store=world.store, cursor_key=lambda: KEY)
    return [each.feedback_id for each in found]


def test_an_orders_feedback_is_shown_to_who_may_see_the_order_also_while_it_does_not_count(
    world: FeedbackWorld,
) -> None:
    world.order("A", status=OrderStatus.PENDING)
    assert of_order(world, CUSTOMER) == []
    given = world.give()
    assert of_order(world, CUSTOMER) == of_order(world, ADMIN) == [given.feedback_id]
    with pytest.raises(OrderNotFoundError):
        of_order(world, STRANGER)
    world.remove(given)
    assert of_order(world, CUSTOMER) == []


def page(world: FeedbackWorld, product_id: str, caller: Caller, token: str | None = None) -> str | None:
    _, further = list_of_product(
        product_id, caller, limit=1, token=token, listing=world.listing, cursor_key=lambda: KEY
    )
    return further


def test_a_cursor_is_refused_for_another_product_caller_or_order_and_when_it_was_changed(world: FeedbackWorld) -> None:
    world.product("A", "B")
    for number in range(2):
        world.give(order_id=world.order("A", "B", order_id=f"01JFR0ZEN{number:017d}"))
    world.order("A")
    token = page(world, "A", CUSTOMER)
    assert token
    assert page(world, "A", CUSTOMER, token) is None
    changed = ("B" if token[0] == "A" else "A") + token[1:]
    refused = [
        lambda: page(world, "B", CUSTOMER, token),
        lambda: page(world, "A", STRANGER, token),
        lambda: page(world, "A", CUSTOMER, changed),
        lambda: of_order(world, CUSTOMER, token),
    ]
    for ask in refused:
        with pytest.raises(InvalidRequestError) as refusal:
            ask()
        assert refusal.value.details[0]["field"] == "nextToken"
