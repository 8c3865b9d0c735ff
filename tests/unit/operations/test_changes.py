"""`audit show` puts together what the trail, the journal and an order's history know, and repeats nothing."""

import json
from datetime import timedelta

from click.testing import CliRunner

from orderflow.catalog.product import Product, ProductFacts
from orderflow.catalog.stock import Stock
from orderflow.orders.status import OrderStatus
from orderflow.runtime.trail import Entry
from tests.support.desk import AT, OPERATOR, ORDER_ID, World, ended
from tests.support.frozen import START
from tools.ops.cli import cli


def shown(world: World, *arguments: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(cli, ["audit", "show", *arguments, "--json"], obj=world.desk())
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_an_orders_changes_come_from_its_history_the_trail_and_the_journal_in_the_order_of_time() -> None:
    # Given
    world = World()
    world.keep(ended(OrderStatus.FAILED))
    at = START + timedelta(seconds=1)
    cancelled = Entry(
        f"order#{ORDER_ID}", "order.cancel_requested", "admin-1", at, "request-1", {}, {"statusReason": "CODE"}
    )
    world.trail.entries = [cancelled, Entry("order#another", "order.placed", "customer-2", at, "request-2")]
    # When
    found = shown(world, "order", ORDER_ID)
    # Then
    assert [(each["source"], each["action"]) for each in found] == [
        ("history", "PENDING"),
        ("history", "PROCESSING"),
        ("history", "FAILED"),
        ("trail", "order.cancel_requested"),
    ]
    assert (found[-1]["by"], found[-1]["request"], found[-1]["after"]) == (
        "admin-1",
        "request-1",
        {"statusReason": "CODE"},
    )


def test_what_an_operator_did_to_a_product_stands_beside_what_administrators_did() -> None:
    world = World()
    world.catalog.products["ITEM001"] = Product("ITEM001", ProductFacts("Item", "things", 1999), "EUR", AT, AT)
    world.catalog.stocks["ITEM001"] = Stock(10, 0, 0, AT)
    world.trail.entries = [Entry("product#ITEM001", "product.created", "admin-1", START, "request-1", None, {"a": 1})]
    world.clock.advance(minutes=5)
    adjust = ["stock", "adjust", "ITEM001", "--change", "-3", "--reason", "broken in the store", "--yes"]
    assert CliRunner().invoke(cli, adjust, obj=world.desk()).exit_code == 0
    created, adjusted = shown(world, "product", "ITEM001")
    assert (created["source"], created["by"]) == ("trail", "admin-1")
    assert (adjusted["source"], adjusted["by"]) == ("journal", OPERATOR)
    assert adjusted["action"] == "stock adjust, DONE: broken in the store"


def test_a_users_changes_include_the_groups_they_are_in_and_only_theirs() -> None:
    world = World()
    world.trail.entries = [
        Entry("user#u-1", "user.created", "u-1", START, "r-1", None, {}),
        Entry(
            "permission#u-1", "permission.granted", "function:open_profile", START, "r-1", None, {"group": "customer"}
        ),
        Entry("user#u-2", "user.created", "u-2", START, "r-2", None, {}),
    ]
    assert [each["action"] for each in shown(world, "user", "u-1")] == ["user.created", "permission.granted"]


def test_of_what_never_changed_it_says_so() -> None:
    result = CliRunner().invoke(cli, ["audit", "show", "product", "NEVER"], obj=World().desk())
    assert (result.exit_code, result.stdout) == (0, "Nothing is known of product NEVER.\n")
