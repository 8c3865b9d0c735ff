"""GET /health asks for everything that selling needs."""

from tests.rules.architecture.settings_supplied import functions

# An order writes to the audit trail as well, but no function may read an entry of it.
UNREADABLE = {"AUDIT_TRAIL_TABLE"}
# Only a search needs it: a shop without one lists and sells.
DISPENSABLE = {"PRODUCT_WORDS_TABLE"}
SELLING = ("register_customer", "list_products", "get_product", "place_order", "get_order", "pay_order")


def test_health_asks_every_table_that_signing_up_browsing_ordering_and_paying_use() -> None:
    tables = {
        function.operation: {setting for setting in function.settings if setting.endswith("_TABLE")}
        for function in functions()
        if function.operation in (*SELLING, "check_health")
    }
    asked = tables.pop("check_health")
    assert set(tables) == set(SELLING)
    assert asked == set().union(*tables.values()) - UNREADABLE - DISPENSABLE
