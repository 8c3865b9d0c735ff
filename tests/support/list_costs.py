"""What a page of each list costs, by how much there is: `python -m tests.support.list_costs [ROWS ...] [LIST ...]`.

Each list's own function answers on moto, over tables as Terraform declares them, with all rows in one customer's list.
Its read units are counted by AWS's rules from the items that its requests examined (tools/cost/units.py): neither moto
nor ministack computes `ConsumedCapacity`, both answer 0.5 or 1 for whatever was read.
Fails when a page costs more where there is more, also where a filter is applied after reading.
"""

import logging
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from moto import mock_aws
from rich.table import Table

from orderflow.runtime import aws
from orderflow.runtime.dynamo import to_item
from tests.support.lists import LISTS, Shelf, settings_of_lists
from tests.support.simulation.fast_dynamo import FastDynamo
from tests.support.tables import create_tables, table_schemas
from tools.cost.units import read_units, size_of
from tools.terminal import ToolError, out, run_tool

ROWS = (100, 100_000)
LIMIT = 20
_AT_ONCE = 25  # BatchWriteItem takes no more
_READS = ("Query", "GetItem", "BatchGetItem", "Scan", "TransactGetItems")


@dataclass
class Cost:
    """What one answer asked of DynamoDB: items that its Queries examined, and the units of all its reads."""

    requests: int = 0
    queried: int = 0
    units: float = 0.0


@dataclass
class Meter:
    """Watches the reads of a DynamoDB client, and reads again what each examined, whole."""

    client: Any
    asked: Any = None
    cost: Cost = field(default_factory=Cost)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    watching: bool = False

    def __post_init__(self) -> None:
        events = self.client.meta.events
        for operation in _READS:
            events.register(f"provide-client-params.dynamodb.{operation}", self._before)
            events.register(f"after-call.dynamodb.{operation}", self._after)

    @contextmanager
    def one_answer(self) -> Iterator[Cost]:
        """Give the cost of what is read meanwhile."""
        self.cost, self.watching = Cost(), True
        try:
            yield self.cost
        finally:
            self.watching = False

    def _before(self, params: Any, **_: Any) -> None:
        if self.watching:
            self.asked = params

    def _after(self, parsed: Any, model: Any, **_: Any) -> None:
        if not self.watching:
            return
        asked, self.watching = self.asked, False
        try:
            self.cost.requests += 1
            for sizes, consistency in self._examined(model.name, asked, parsed):
                self.cost.queried += len(sizes) if model.name == "Query" else 0
                self.cost.units += read_units(sizes, consistency)
        finally:
            self.watching = True

    def _examined(self, operation: str, asked: Any, told: Any) -> Iterator[tuple[list[int], float]]:
        """Yield the sizes of items that are rounded up together, with what a unit of them counts."""
        match operation:
            case "Query":
                yield self._queried(asked, told), _consistency(asked)
            case "GetItem":
                yield [self._size(asked["TableName"], asked["Key"])], _consistency(asked)
            case "BatchGetItem":
                for table, wanted in asked["RequestItems"].items():
                    for key in wanted["Keys"]:  # each is rounded up by itself
                        yield [self._size(table, key)], _consistency(wanted)
            case _:
                raise ToolError(f"A list uses {operation}: lists are Queries. Say which one in its store.")

    def _queried(self, asked: Mapping[str, Any], told: Mapping[str, Any]) -> list[int]:
        if "FilterExpression" not in asked:
            return [self._size(asked["TableName"], item) for item in told["Items"]]
        if not told["ScannedCount"]:
            return []
        condition = asked["KeyConditionExpression"]
        whole = {
            name: asked[name]
            for name in ("TableName", "IndexName", "KeyConditionExpression", "ScanIndexForward", "ExclusiveStartKey")
            if name in asked
        }
        # DynamoDB refuses names and values that no expression uses.
        for kind in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            if used := {name: value for name, value in asked.get(kind, {}).items() if name in condition.split()}:
                whole[kind] = used
        items = self.client.query(**whole, Limit=told["ScannedCount"])["Items"]
        return [size_of(item) for item in items]

    def _size(self, table: str, holder: Mapping[str, Any]) -> int:
        key = {name: holder[name] for name in self._keys_of(table)}
        item = self.client.get_item(TableName=table, Key=key).get("Item")
        return size_of(item) if item else 0

    def _keys_of(self, table: str) -> tuple[str, ...]:
        if table not in self.keys:
            schema = self.client.describe_table(TableName=table)["Table"]["KeySchema"]
            self.keys[table] = tuple(key["AttributeName"] for key in schema)
        return self.keys[table]


def _consistency(asked: Mapping[str, Any]) -> float:
    return 1 if asked.get("ConsistentRead") else 0.5


@dataclass(frozen=True)
class Measured:
    """One list with one filter: what its first and its second page cost, by the number of rows."""

    operation: str
    filter: str
    pages: Mapping[int, tuple[Cost, Cost]]

    def rises(self) -> bool:
        """Tell whether a page costs more where there is more."""
        by_rows = [self.pages[rows] for rows in sorted(self.pages)]
        return any(more.units > less.units for pages in pairwise(by_rows) for less, more in zip(*pages, strict=True))


def measure(rows: Iterable[int], operations: Iterable[str] = tuple(LISTS)) -> list[Measured]:
    """Fill the tables step by step and return what the lists cost at each."""
    found: dict[tuple[str, str], dict[int, tuple[Cost, Cost]]] = {}
    for operation in operations:
        with mock_aws():
            aws.client.cache_clear()
            tables = create_tables(aws.client("dynamodb"), "orderflow-bench", *table_schemas())
            with settings_of_lists(tables):
                shelf, meter, there = Shelf(operation, tables), Meter(aws.client("dynamodb")), 0
                for count in sorted(rows):
                    load(shelf, tables, there, count)
                    there = count
                    for name in shelf.list.filters:
                        found.setdefault((operation, name), {})[count] = two_pages(shelf, name, meter)
        aws.client.cache_clear()
    return [Measured(operation, name, pages) for (operation, name), pages in found.items()]


def load(shelf: Shelf, tables: Mapping[str, str], first: int, end: int) -> None:
    """Put the items of these numbers on the shelf, many at a time; the wire, left out, would take most of the time."""
    dynamodb = FastDynamo(aws.client("dynamodb").meta.region_name)
    for begin in range(first, end, _AT_ONCE):
        records: dict[str, list[Any]] = {}
        for number in range(begin, min(begin + _AT_ONCE, end)):
            for table, rows in shelf.list.rows(number).items():
                puts = [{"PutRequest": {"Item": to_item(row)}} for row in rows]
                records.setdefault(tables[table], []).extend(puts)
        for table, puts in records.items():
            for start in range(0, len(puts), _AT_ONCE):
                batch = {table: puts[start : start + _AT_ONCE]}
                if dynamodb.batch_write_item(RequestItems=batch)["UnprocessedItems"]:
                    raise ToolError(f"{table} took only a part of {len(puts)} rows.")


def two_pages(shelf: Shelf, name: str, meter: Meter) -> tuple[Cost, Cost]:
    """Return what the first and the second page cost; nothing where there is no second."""
    with meter.one_answer() as first:
        page = shelf.page(shelf.list.filters[name], LIMIT)
    if page.token is None:
        return first, Cost()
    with meter.one_answer() as second:
        shelf.page(shelf.list.filters[name], LIMIT, page.token)
    return first, second


def show(measured: Iterable[Measured]) -> None:
    table = Table(
        title=f"Read units of one page of {LIMIT}: first / second (items its Queries examined)", title_justify="left"
    )
    table.add_column("list")
    counts: list[int] = []
    for each in measured:
        if not counts:
            counts = sorted(each.pages)
            for count in counts:
                table.add_column(f"{count:,} rows", justify="right")
        cells = [
            " / ".join(f"{cost.units:g} ({cost.queried})" for cost in each.pages[count] if cost.requests)
            for count in counts
        ]
        style = "red" if each.rises() else "green"
        table.add_row(f"[{style}]{each.operation}[/] {each.filter}", *cells)
    out.print(table)


def main() -> None:
    logging.disable(logging.CRITICAL)
    # No test of ours may find a real account or endpoint, nor may this.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
    rows = [int(count) for count in sys.argv[1:] if count.isdigit()] or ROWS
    named = [name for name in sys.argv[1:] if not name.isdigit()] or list(LISTS)
    if unknown := sorted(set(named) - set(LISTS)):
        raise ToolError(f"No such list: {', '.join(unknown)}. There are: {', '.join(LISTS)}.")
    measured = measure(rows, named)
    show(measured)
    if rising := [f"{each.operation} {each.filter}" for each in measured if each.rises()]:
        raise ToolError(f"A page costs more where there is more: {', '.join(rising)}. Look at what its Query examines.")


if __name__ == "__main__":
    run_tool(main)
