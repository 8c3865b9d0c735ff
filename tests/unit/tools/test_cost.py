"""The arithmetic of `make cost`: DynamoDB's units, what a request means, and the bill."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.cost.bill import Price, PriceList, bill, price_list
from tools.cost.measuring import Measured, count_units
from tools.cost.metering import Meter
from tools.cost.units import Index, Read, Write, read_units, size_of, write_units
from tools.forwarder import Answer, Call
from tools.terminal import ToolError

KEY = {"orderId": {"S": "A"}}
BY_USER = Index(("userId", "orderId"), whole=True)
BY_OPEN = Index(("openGroup", "checkAfter"), whole=False)
OK = Answer(200, b"{}")


def item(size: int, **more: Any) -> dict[str, Any]:
    """Return an item of so many bytes."""
    rest = {**KEY, **more}
    return {**rest, "pad": {"S": "x" * (size - size_of(rest) - len("pad"))}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "é"}, 2),
        ({"N": "0"}, 2),
        ({"N": "123"}, 3),
        ({"N": "-12.34"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"B": "AAAA"}, 3),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 1 + 2 + 1 + 2),
        ({"M": {"k": {"S": "v"}}}, 3 + 1 + 1 + 1),
        ({"SS": ["ab", "c"]}, 3),
    ],
)
def test_an_items_size_is_that_of_its_names_and_values(value: dict[str, Any], size: int) -> None:
    assert size_of({"name": value}) == len("name") + size


@pytest.mark.parametrize(("size", "units"), [(1024, 1), (1025, 2), (2048, 2), (2049, 3)])
def test_a_write_unit_is_a_kilobyte_and_a_transaction_takes_two(size: int, units: int) -> None:
    put = item(size)
    assert write_units(Write("orders", KEY, put=put), None, []) == units
    assert write_units(Write("orders", KEY, put=put, transactional=True), None, []) == 2 * units


@pytest.mark.parametrize(
    ("sizes", "consistency", "units"),
    [([], 1, 1), ([0], 0.5, 0.5), ([4096], 1, 1), ([4097], 1, 2), ([2048, 2049], 0.5, 1), ([100], 2, 2)],
)
def test_a_read_unit_is_four_kilobytes_together_halved_when_eventual(sizes, consistency, units) -> None:
    assert read_units(sizes, consistency) == units


def test_an_index_of_whole_items_is_written_with_every_write_of_an_item_that_is_in_it() -> None:
    update = Write("orders", KEY, expression="SET status = :new")
    assert write_units(update, item(1500, userId={"S": "U"}), [BY_USER]) == 2 + 2
    assert write_units(update, item(1500), [BY_USER]) == 2


def test_a_number_that_is_added_to_moves_in_an_index_of_keys_where_its_item_is_in_it() -> None:
    by_units = Index(("book", "units"), whole=False)
    product = {"book": {"S": "products"}, "line": {"S": "P"}, "units": {"N": "2"}}
    customer = {"book": {"S": "customer"}, "line": {"S": "day"}, "units:P": {"N": "2"}}
    assert write_units(Write("t", KEY, expression="ADD units :0, revision :1"), product, [by_units]) == 1 + 2
    assert write_units(Write("t", KEY, expression="ADD units:P :0, revision :1"), customer, [by_units]) == 1


@pytest.mark.parametrize(
    ("expression", "index_writes"),
    [
        ("SET status = :new", 0),
        ("SET status = :new REMOVE openGroup, checkAfter", 1),
        ("SET checkAfter = :later", 2),
        ("REMOVE other SET status = :checked", 0),
    ],
)
def test_an_index_of_keys_is_written_when_a_key_comes_goes_or_changes(expression: str, index_writes: int) -> None:
    assert write_units(Write("orders", KEY, expression=expression), item(500), [BY_OPEN]) == 1 + index_writes


def test_a_new_item_is_written_to_the_indexes_that_it_enters() -> None:
    entering = item(1500, openGroup={"S": "open"}, checkAfter={"S": "soon"})
    assert write_units(Write("orders", KEY, put=entering), None, [BY_OPEN, BY_USER]) == 2 + 1
    assert write_units(Write("orders", KEY, put=item(1500)), None, [BY_OPEN]) == 2


def metered(operation: str, asked: dict[str, Any], answer: Answer = OK, service: str = "dynamodb") -> Meter:
    meter = Meter(lambda table: ("orderId",))
    assert meter.before(Call(service, operation, b"")) is None
    assert meter.after(Call(service, operation, json.dumps(asked).encode()), answer) is answer
    return meter


def test_every_dynamodb_request_is_written_down_with_what_it_touches() -> None:
    put = {"TableName": "t", "Item": {**KEY, "a": {"S": "b"}}}
    update = {
        "TableName": "t",
        "Key": KEY,
        "UpdateExpression": "SET #s = :s REMOVE openGroup",
        "ExpressionAttributeNames": {"#s": "status"},
    }
    said = "SET status = :s REMOVE openGroup"
    assert metered("PutItem", put).accesses == [Write("t", KEY, put=put["Item"])]
    assert metered("UpdateItem", update).accesses == [Write("t", KEY, expression=said)]
    both = {"TransactItems": [{"Put": put}, {"Update": update}, {"ConditionCheck": {"TableName": "t", "Key": KEY}}]}
    assert metered("TransactWriteItems", both).accesses == [
        Write("t", KEY, True, put["Item"]),
        Write("t", KEY, True, expression=said),
        Write("t", KEY, True),
    ]
    assert metered("GetItem", {"TableName": "t", "Key": KEY}).accesses == [Read("t", (KEY,), 0.5)]
    consistent = {"TableName": "t", "Key": KEY, "ConsistentRead": True}
    assert metered("GetItem", consistent).accesses == [Read("t", (KEY,), 1)]
    batch = {"RequestItems": {"t": {"Keys": [KEY, KEY]}}}
    assert metered("BatchGetItem", batch).accesses == [Read("t", (KEY,), 0.5)] * 2
    found = Answer(200, json.dumps({"Items": [{**KEY, "a": {"S": "b"}}, KEY]}).encode())
    assert metered("Query", {"TableName": "t"}, found).accesses == [Read("t", (KEY, KEY), 0.5)]


def test_calls_of_other_services_are_counted_and_forgotten_at_a_reset() -> None:
    meter = metered("SendMessage", {}, service="sqs")
    assert (meter.calls, meter.accesses) == ({"sqs:SendMessage": 1}, [])
    meter.reset()
    assert not meter.calls


def test_units_are_summed_over_all_accesses() -> None:
    class Stored:
        def item(self, table: str, key: dict[str, Any]) -> dict[str, Any]:
            return item(1500)

        def size(self, table: str, key: dict[str, Any]) -> int:
            return 5000

        def indexes(self, table: str) -> list[Index]:
            return []

    measured = Measured(1)
    count_units(Stored(), [Write("t", KEY), Write("t", KEY, True), Read("t", (KEY,), 0.5)], measured)
    assert measured.used == {"dynamodb-write-unit": 2 + 4, "dynamodb-read-unit": 1}


def test_the_bill_is_for_1000_orders_and_the_dearest_comes_first() -> None:
    prices = PriceList("r", "d", {"a": Price("A", 0.5, 1_000_000, "s"), "b": Price("B", 0.025, 1_000, "s")})
    lines = bill({"a": 20, "b": 60}, 10, prices)
    assert [(line.key, line.per_order, line.usd) for line in lines] == [
        ("b", 6, pytest.approx(0.15)),
        ("a", 2, pytest.approx(0.001)),
    ]


def test_what_has_no_price_is_refused_rather_than_free() -> None:
    with pytest.raises(ToolError, match="kms-request was used and has no price"):
        bill({"kms-request": 1}, 1, price_list())


def test_every_price_has_its_source_and_the_list_its_date() -> None:
    told = price_list()
    assert (told.region, len(told.as_of)) == ("us-east-1", 10)
    assert all(price.source.startswith("https://aws.amazon.com/") for price in told.prices.values())
    assert all(price.usd > 0 and price.per > 0 for price in told.prices.values())


def test_a_price_list_that_is_broken_is_said_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "prices.toml"
    for text in ("region =", 'region = "r"', 'region = "r"\nas_of = "d"\n[a]\nusd = 1'):
        broken.write_text(text)
        with pytest.raises(ToolError, match="is not a price list"):
            price_list(broken)
