"""What only the DynamoDB stores can get wrong: bounds on reading, repeated writes, sparse indexes, broken ledgers."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.catalog.browsing import Selection, Sort
from orderflow.catalog.errors import StockBusyError, StockLedgerError
from orderflow.catalog.maintenance import delete_product
from orderflow.catalog.product_listing import DynamoProductListing
from orderflow.catalog.reservation_store import DynamoReservationStore
from orderflow.runtime.dynamo import TransactionConflictError, from_item
from tests.support.catalog_world import ADMIN, CatalogWorld


class Spy:
    """Counts the calls that go to a client."""

    def __init__(self, client: Any) -> None:
        self._client, self.calls = client, []

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls.append((name, arguments))
            return getattr(self._client, name)(**arguments)

        return call


def test_a_search_reads_a_bounded_number_of_products_and_still_finds_all(
    world: CatalogWorld, dynamodb: Any, tables: dict[str, str]
) -> None:
    # Given
    for number in range(12):
        world.product(f"P{number:02d}", name=f"{'needle' if number in (1, 7, 11) else 'hay'} {number:02d}")
    spy = Spy(dynamodb)
    world.listing = DynamoProductListing(spy, tables["products"], max_examined=4, search_step=3)
    # When
    page, token = world.page(Selection(search="NEEDLE"), 10)
    # Then
    assert sum(arguments["Limit"] for _, arguments in spy.calls) <= 4
    assert token is not None
    assert {name for name, _ in spy.calls} == {"query"}
    assert page + world.walk(Selection(search="NEEDLE"), 10, token) == ["P01", "P07", "P11"]


def test_a_page_is_one_query_and_the_last_one_is_known_to_be_the_last(
    world: CatalogWorld, dynamodb: Any, tables: dict[str, str]
) -> None:
    for number in range(4):
        world.product(f"P{number}")
    spy = Spy(dynamodb)
    world.listing = DynamoProductListing(spy, tables["products"])
    assert world.pages(Selection(), 2) == [["P0", "P1"], ["P2", "P3"]]
    assert [name for name, _ in spy.calls] == ["query", "query"]


def test_a_withdrawn_product_has_no_index_keys(world: CatalogWorld, dynamodb: Any, tables: dict[str, str]) -> None:
    world.product("A", category="kitchen")
    delete_product(ADMIN, "A", store=world.products, clock=world.clock)
    item = from_item(dynamodb.get_item(TableName=tables["products"], Key={"productId": {"S": "A"}})["Item"])
    assert {"listing", "category"}.isdisjoint(item)
    assert (item["withdrawnCategory"], item["status"], item["version"]) == ("kitchen", "WITHDRAWN", 2)


def test_a_reservation_that_the_stock_contradicts_is_reported_and_nothing_moves(
    world: CatalogWorld, dynamodb: Any, tables: dict[str, str]
) -> None:
    world.product("A", stock=5)
    world.reserve("order-1", ("A", 2))
    dynamodb.update_item(
        TableName=tables["stock"],
        Key={"productId": {"S": "A"}},
        UpdateExpression="SET reserved = :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    with pytest.raises(StockLedgerError, match="order-1"):
        world.release("order-1")
    assert world.counts("A") == (3, 1, 0)


class Contended:
    """A client whose first transactions meet another one."""

    def __init__(self, client: Any, conflicts: int) -> None:
        self._client, self.conflicts = client, conflicts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def transact_write_items(self, **arguments: Any) -> Any:
        if self.conflicts:
            self.conflicts -= 1
            raise TransactionConflictError("busy")
        return self._client.transact_write_items(**arguments)


@pytest.mark.parametrize(("conflicts", "reserved"), [(3, True), (4, False)])
def test_a_conflict_is_repeated_a_few_times_then_left_to_the_workflow(
    world: CatalogWorld, dynamodb: Any, tables: dict[str, str], conflicts: int, reserved: bool
) -> None:
    world.product("A", stock=1)
    pauses: list[float] = []
    world.reservations = DynamoReservationStore(
        Contended(dynamodb, conflicts), reservations=tables["reservations"], stock=tables["stock"], sleep=pauses.append
    )
    if reserved:
        world.reserve("order-1", ("A", 1))
    else:
        with pytest.raises(StockBusyError):
            world.reserve("order-1", ("A", 1))
    assert world.counts("A") == ((0, 1, 0) if reserved else (1, 0, 0))
    assert len(pauses) == 3
    assert all(0 <= pause <= 0.02 * 2**attempt for attempt, pause in enumerate(pauses, start=1))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(6)), st.integers(1, 7), st.uuids())
def test_every_product_is_listed_exactly_once_from_every_index(
    world: CatalogWorld, order: list[int], limit: int, run: UUID
) -> None:
    category = f"c-{run}"
    for number in order:
        world.product(f"{category}-{number}", name=f"name {number // 2}", price=1 + number // 3, category=category)
    for sort in Sort:
        shown = world.walk(Selection(category=category, sort=sort), limit)
        assert sorted(shown) == [f"{category}-{number}" for number in range(6)]
