"""What only the DynamoDB stores can get wrong: bounds on reading, repeated writes, sparse indexes, broken ledgers."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderflow.catalog.browsing import Selection, Sort
from orderflow.catalog.errors import StockBusyError, StockLedgerError
from orderflow.catalog.images import attach_product_image
from orderflow.catalog.maintenance import delete_product, update_product
from orderflow.catalog.product import ProductStatus
from orderflow.catalog.product_listing import DynamoProductListing
from orderflow.catalog.product_search import DynamoProductSearch
from orderflow.catalog.reservation_store import DynamoReservationStore
from orderflow.catalog.search_words import WordEntry
from orderflow.catalog.word_index import to_row
from orderflow.runtime.dynamo import TransactionConflictError, from_item, to_item
from orderflow.runtime.ids import new_ulid
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


def test_a_search_examines_as_many_rows_however_many_there_are_and_still_finds_all(
    world: CatalogWorld, dynamodb: Any, tables: dict[str, str]
) -> None:
    # Given
    for number in range(12):
        world.product(f"P{number:02d}", name=f"Haystack {number:02d} {'needle' if number in (1, 7, 11) else 'straw'}")
    spy = Spy(dynamodb)
    world.search = DynamoProductSearch(spy, words=tables["product-words"], products=tables["products"], examined=4)
    # When
    pages = world.pages(Selection(search="HAYSTACK NEED"), 2)
    # Then
    assert [page for page in pages if page] == [["P01"], ["P07"], ["P11"]]
    queries = [arguments for name, arguments in spy.calls if name == "query"]
    assert {query["Limit"] for query in queries} == {4}
    assert {query["TableName"] for query in queries} == {tables["product-words"]}


def test_a_word_that_is_a_stem_needs_no_filter_and_no_further_page(
    world: CatalogWorld, dynamodb: Any, tables: dict[str, str]
) -> None:
    for number in range(4):
        world.product(f"P{number}", name=f"Mug {number}")
    spy = Spy(dynamodb)
    world.search = DynamoProductSearch(spy, words=tables["product-words"], products=tables["products"])
    assert world.pages(Selection(search="mug"), 2) == [["P0", "P1"], ["P2", "P3"]]
    queries = [arguments for name, arguments in spy.calls if name == "query"]
    assert [(query["Limit"], "FilterExpression" in query) for query in queries] == [(3, False), (3, False)]


def words_written(world: CatalogWorld, monkeypatch: pytest.MonkeyPatch, change: Any) -> list[str]:
    """Return which rows of words a change writes or deletes, by their stem."""
    spy = Spy(world.products._client)
    monkeypatch.setattr(world.products, "_client", spy)
    change()
    writes = [each for _, arguments in spy.calls for each in arguments.get("TransactItems", ())]
    rows = [next(iter(write.values())) for write in writes]
    return [row.get("Key", row.get("Item"))["stem"]["S"] for row in rows if row["TableName"].endswith("product-words")]


def test_only_what_a_product_is_found_and_sorted_by_writes_its_words(
    world: CatalogWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.product("A", name="Mug")

    def update(version: int, **changes: Any) -> Any:
        return lambda: update_product(ADMIN, "A", version, changes, store=world.products, clock=world.clock)

    def picture() -> None:
        attach_product_image("products/A/1.png", store=world.products, clock=world.clock)

    changes = [update(1, description="new"), picture, update(2, price=7), update(3, name="Mugs"), update(4, name="Cup")]
    written = [words_written(world, monkeypatch, change) for change in changes]
    assert written == [[], [], ["m", "mu", "mug"], ["m", "mu", "mug"], ["m", "mu", "mug", "c", "cu", "cup"]]


def test_what_the_index_does_not_know_yet_is_looked_up_in_the_product(
    world: CatalogWorld, dynamodb: Any, tables: dict[str, str]
) -> None:
    # Given rows as an index that trails has them: the product was withdrawn, renamed, moved or is not there
    world.product("A", name="Mug")
    for product_id in ("B", "C", "D", "E"):
        row = to_row(WordEntry("mug", product_id, ("mug",), "mug", 1999, "samples"))
        dynamodb.put_item(TableName=tables["product-words"], Item=to_item(row))
    world.product("B", name="Cup")
    world.product("C", name="Mug", category="kitchen")
    world.product("D", name="Cup")
    delete_product(ADMIN, "D", store=world.products, clock=world.clock)
    # Then
    assert world.walk(Selection(search="mug", category="samples"), 10) == ["A"]


def test_a_name_of_very_many_words_is_kept_and_changed_in_one_transaction(world: CatalogWorld) -> None:
    first, second = (" ".join(f"{letter}{number}words" for number in range(21)) for letter in "ab")
    world.product("A", name=first)
    update_product(ADMIN, "A", 1, {"name": second}, store=world.products, clock=world.clock)
    assert world.walk(Selection(search="b0"), 10) == ["A"]
    assert world.walk(Selection(search="a0"), 10) == []


NAMES = st.lists(st.sampled_from(["Mug", "mugs", "Müg", "Muggle", "m", "3", "Straße"]), min_size=1, max_size=4)
HISTORY = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["name", "price", "category", "withdraw"]), NAMES), max_size=6
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(names=st.tuples(NAMES, NAMES), history=HISTORY, wanted=NAMES, cut=st.integers(1, 6), sort=st.sampled_from(Sort))
def test_a_search_finds_exactly_the_products_whose_names_have_its_words_after_any_history(
    names: tuple[list[str], list[str]],
    history: list[tuple[str, str, list[str]]],
    wanted: list[str],
    cut: int,
    sort: Sort,
    world: CatalogWorld,
    dynamodb: Any,
    tables: dict[str, str],
) -> None:
    # Given
    suffix = new_ulid()
    for product_id, name in zip("AB", names, strict=True):
        world.product(f"{product_id}{suffix}", name=" ".join(name))
    # When
    for product_id, change, words in history:
        product = world.products.find(f"{product_id}{suffix}")
        if product.status is ProductStatus.WITHDRAWN:
            continue
        if change == "withdraw":
            delete_product(ADMIN, product.product_id, store=world.products, clock=world.clock)
            continue
        facts = {"name": " ".join(words), "price": 1 + len(words), "category": words[0]}
        changes = {change: facts[change]}
        update_product(ADMIN, product.product_id, product.version, changes, store=world.products, clock=world.clock)
    # Then
    kept = [world.products.find(f"{product_id}{suffix}") for product_id in "AB"]
    on_sale = [product for product in kept if product.status is ProductStatus.ACTIVE]
    search = " ".join(word[:cut] for word in wanted)
    for category in (None, "samples", "m"):
        expected = [
            product.product_id
            for product in on_sale
            if category in (None, product.facts.category) and begins_words(search, product.facts.name)
        ]
        found = world.walk(Selection(category, search, sort), 1)
        assert sorted(each for each in found if each.endswith(suffix)) == sorted(expected)
    # Leave nothing behind: the tables are of all histories.
    for product in on_sale:
        delete_product(ADMIN, product.product_id, store=world.products, clock=world.clock)
    assert dynamodb.scan(TableName=tables["product-words"])["Count"] == 0


def begins_words(search: str, name: str) -> bool:
    """Tell, written another way than the code, whether each word of a search begins a word of a name."""
    plain = str.maketrans({"ü": "u", "ß": "ss"})
    words = name.lower().translate(plain).split()
    return all(any(word.startswith(each) for word in words) for each in search.lower().translate(plain).split())


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
