"""Every list of the API as its function answers it: rows to fill the tables with, and pages to read them by.

A new list needs an entry in LISTS (tests/rules/api/test_lists.py misses it); then its cursor is tried under concurrent
changes, and what it costs is measured at 100 and at 100,000 rows.
"""

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from orderflow.catalog import product_records
from orderflow.catalog.product import Product, ProductFacts
from orderflow.catalog.search_words import entries_of
from orderflow.catalog.word_index import to_row
from orderflow.checkout.webhooks import endpoint_records
from orderflow.checkout.webhooks.endpoint import Endpoint, SealedSecret
from orderflow.clients import key_records
from orderflow.clients.client_key import ClientKey, Secret
from orderflow.customers import user_records
from orderflow.customers.user import User
from orderflow.feedback import feedback_records
from orderflow.feedback.feedback import Feedback
from orderflow.orders import order_records
from orderflow.orders.intake import NewOrder
from orderflow.orders.order import HistoryEntry, Order, OrderLine
from orderflow.orders.status import OrderStatus
from orderflow.runtime import paging
from orderflow.runtime.aws import client
from orderflow.runtime.dynamo import from_item, to_item
from orderflow.runtime.trail import Entry, put
from tests.support import gateway
from tests.support.contract_document import operations
from tests.support.frozen import START
from tests.support.orders import ADDRESS

Record = dict[str, Any]
Rows = Mapping[str, list[Record]]  # by the short name of their table
OWNER = "customer-1"
_AT = "2026-01-02T03:04:05.678Z"


@dataclass(frozen=True)
class List:
    """One list: `rows` gives the records of its n-th item by table, `filters` other queries that it answers.

    `item_id` is the attribute of an answered item that names it, `id_of` that name for number n. `selective` filters
    are applied after reading, so a page may be short, and a fixed number of rows is read for each. By the parameters
    `of_one` there is one item at most, and no second page.
    """

    rows: Callable[[int], Rows]
    item_id: str
    id_of: Callable[[int], str]
    filters: Mapping[str, Mapping[str, str]]
    selective: frozenset[str] = frozenset()
    of_one: frozenset[str] = frozenset()
    user: str | None = None
    groups: str = ""
    path: Mapping[str, str] = field(default_factory=dict)


def _order_id(number: int) -> str:
    return f"01JFR0ZEN0{number:016d}"


def _order(number: int) -> Rows:
    status = (OrderStatus.PENDING, OrderStatus.PROCESSING)[number % 2]
    order = Order(
        _order_id(number),
        user_id=OWNER,
        lines=(OrderLine("ITEM001", "Test Item Alpha", 2, 1999), OrderLine("ITEM002", "Test Item Beta", 1, 750)),
        currency="EUR",
        shipping_address=ADDRESS,
        status=status,
        history=(HistoryEntry(OrderStatus.PENDING, _AT, "customer"),),
        created_at=_AT,
        updated_at=_AT,
    )
    return {"orders": [order_records.to_record(NewOrder(order, "correlation-1", "sandbox_approve"))]}


def _product_id(number: int) -> str:
    return f"P-{number:016d}"


def _product(number: int) -> Rows:
    # Few prices and few names: most of what is sorted by them is equal to its neighbours.
    facts = ProductFacts(f"Mug {number % 5}", "kitchen", 100 + number % 3, "A thing to drink from, one of five")
    product = Product(_product_id(number), facts, "EUR", _AT, _AT)
    stock = {"productId": product.product_id, "available": 7, "reserved": 0, "sold": 0, "updatedAt": _AT}
    return {
        "products": [product_records.to_record(product)],
        "stock": [stock],
        "product-words": [to_row(entry) for entry in entries_of(product)],
    }


def _user_id(number: int) -> str:
    return f"4f1c2d3e-0000-4000-8000-{number:012d}"


def _user(number: int) -> Rows:
    # Of every three, one after the other begins another way; half of them came in one moment.
    at = f"2026-01-02T03:04:05.{number % 2:03d}Z"
    name, address = ("Ada", "Bob", "Eve")[number % 3], f"{'abe'[number % 3]}{number}@example.com"
    return {"customers": [user_records.to_record(User(_user_id(number), f"{name} {number % 5}", address, at, at))]}


def _feedback_id(number: int) -> str:
    return f"fbk_{number:032d}"


def _feedback(number: int) -> Rows:
    given = Feedback(
        _feedback_id(number),
        order_id=_order_id(number),
        user_id=OWNER,
        product_ids=("ITEM001",),
        rating=1 + number % 5,
        comment="Sturdy, and quickly here.",
        category=None,
        created_at=_AT,
        updated_at=_AT,
        counted=frozenset({"ITEM001"}),
    )
    return {"feedback": [feedback_records.to_rows(given)[0]]}


def _key_id(number: int) -> str:
    return f"01JFR0ZEN1{number:016d}"


def _client_key(number: int) -> Rows:
    key = ClientKey(
        _key_id(number), f"Warehouse {number}", ("stock:read",), 600, "admin-1", _AT, (Secret(1, "0" * 64),)
    )
    return {"client-keys": [key_records.to_record(key)]}


def _endpoint_id(number: int) -> str:
    return f"01JFR0ZEN2{number:016d}"


def _endpoint(number: int) -> Rows:
    url = f"https://agent.example.com/{number}"
    endpoint = Endpoint(_endpoint_id(number), _key_id(number % 3), url, (SealedSecret(1, "c2VhbGVk"),), _AT, _AT)
    return {"webhook-endpoints": [endpoint_records.to_record(endpoint)]}


def _entry_id(number: int) -> str:
    return f"01JFR0ZEN0{number:016d}"


def _entry(number: int) -> Rows:
    entry = Entry(f"order#{number % 3}", "order.placed", OWNER, START, "request-1", owner=OWNER)
    return {"audit-trail": [{**from_item(put("", entry)["Put"]["Item"]), "entryId": _entry_id(number)}]}


LISTS = {
    "listAuditEntries": List(
        rows=_entry,
        item_id="entryId",
        id_of=_entry_id,
        filters={"newest first": {}},
        user=OWNER,
        path={"userId": OWNER},
    ),
    "listUsers": List(
        rows=_user,
        item_id="userId",
        id_of=_user_id,
        filters={"newest first": {}, "by address": {"email": "a"}, "by name": {"name": "EVE"}},
        user="admin-1",
        groups="admin",
    ),
    "listFeedback": List(
        rows=_feedback,
        item_id="feedbackId",
        id_of=_feedback_id,
        filters={"of a product": {"productId": "ITEM001"}},
        of_one=frozenset({"orderId"}),
        user=OWNER,
    ),
    "listClientKeys": List(
        rows=_client_key,
        item_id="keyId",
        id_of=_key_id,
        filters={"newest first": {}},
        user="admin-1",
        groups="admin",
    ),
    "listWebhookEndpoints": List(
        rows=_endpoint,
        item_id="endpointId",
        id_of=_endpoint_id,
        filters={"newest first": {}},
        user="admin-1",
        groups="admin",
    ),
    "listOrders": List(
        rows=_order,
        item_id="orderId",
        id_of=_order_id,
        filters={"newest first": {}, "by status": {"status": "PENDING"}, "of a status none has": {"status": "REVIEW"}},
        selective=frozenset({"by status", "of a status none has"}),
        user=OWNER,
    ),
    "listProducts": List(
        rows=_product,
        item_id="productId",
        id_of=_product_id,
        filters={
            "by name": {},
            "by name, descending": {"sort": "-name"},
            "by price": {"sort": "price"},
            "by price, descending": {"sort": "-price"},
            "of a category": {"category": "kitchen", "sort": "-price"},
            "search": {"search": "mug"},
            "search in a category": {"search": "mu", "category": "kitchen", "sort": "-price"},
            "search for two words": {"search": "3 mug"},
            "search for a word that none goes on with": {"search": "mugs"},
        },
        selective=frozenset({"search for two words", "search for a word that none goes on with"}),
    ),
}


@dataclass(frozen=True)
class Page:
    """One answer of a list: the ids it shows, and the token of the next page."""

    ids: list[str]
    token: str | None


class Shelf:
    """One list over tables that exist: things are put on it and taken off, and it is read page by page."""

    def __init__(self, operation_id: str, tables: Mapping[str, str]) -> None:
        self.list = LISTS[operation_id]
        self._tables = tables
        operation = next(each for each in operations() if each.facts["operationId"] == operation_id)
        module = f"handlers.{operation.facts['tags'][0]}.{operation.facts['x-orderflow-function']}"
        self._handler = importlib.import_module(module).handler

    def put(self, number: int) -> str:
        """Put the item of this number on the shelf and return its id."""
        for table, records in self.list.rows(number).items():
            for record in records:
                client("dynamodb").put_item(TableName=self._tables[table], Item=to_item(record))
        return self.list.id_of(number)

    def take(self, number: int) -> None:
        """Take the item of this number away."""
        for table, records in self.list.rows(number).items():
            for record in records:
                client("dynamodb").delete_item(TableName=self._tables[table], Key=self._key(table, record))

    def page(self, query: Mapping[str, str], limit: int, token: str | None = None) -> Page:
        """Return one page as the function answers it."""
        asked = {**query, "limit": str(limit), **({"nextToken": token} if token else {})}
        answer = gateway.call(
            self._handler, query=asked, path=dict(self.list.path), user=self.list.user, groups=self.list.groups
        )
        assert answer.status == 200, json.dumps(answer.body)
        return Page([item[self.list.item_id] for item in answer.body["items"]], answer.body.get("nextToken"))

    def _key(self, table: str, record: Record) -> dict[str, Any]:
        described = client("dynamodb").describe_table(TableName=self._tables[table])["Table"]["KeySchema"]
        return to_item({key["AttributeName"]: record[key["AttributeName"]] for key in described})


@contextmanager
def settings_of_lists(tables: Mapping[str, str]) -> Iterator[None]:
    """Give the functions of the lists their settings, with a secret for cursors in the AWS of the environment."""
    secret = client("secretsmanager").create_secret(Name="cursor", SecretString="a secret for cursors in tests")
    with pytest.MonkeyPatch.context() as patch:
        for short_name, name in tables.items():
            patch.setenv(f"{short_name.upper().replace('-', '_')}_TABLE", name)
        patch.setenv("CURSOR_SECRET_ARN", secret["ARN"])
        patch.setenv("PRODUCT_IMAGES_BUCKET", "pictures")
        paging.cursor_key.cache_clear()
        yield
    paging.cursor_key.cache_clear()
