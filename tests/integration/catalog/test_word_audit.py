"""The audit of words against AWS semantics: what it reads, and that a correction is for the product as it was read."""

from typing import Any

import pytest

from orderflow.catalog.audit_store import DynamoWordAudit
from orderflow.catalog.browsing import Selection
from orderflow.catalog.maintenance import delete_product, update_product
from orderflow.catalog.search_audit import WordCheck
from orderflow.catalog.search_words import WordEntry
from orderflow.catalog.word_index import to_row
from orderflow.runtime.dynamo import to_item
from tests.support.catalog_world import ADMIN, CatalogWorld


@pytest.fixture
def audit(dynamodb: Any, tables: dict[str, str]) -> DynamoWordAudit:
    return DynamoWordAudit(dynamodb, products=tables["products"], words=tables["product-words"])


def put(dynamodb: Any, tables: dict[str, str], *entries: WordEntry) -> None:
    for entry in entries:
        dynamodb.put_item(TableName=tables["product-words"], Item=to_item(to_row(entry)))


def test_what_the_catalogue_writes_is_what_the_audit_expects(world: CatalogWorld, audit: DynamoWordAudit) -> None:
    for number in range(3):
        world.product(f"P{number}", name=f"Crème Mug {number}")
    update_product(ADMIN, "P0", 1, {"name": "Cup", "price": 7}, store=world.products, clock=world.clock)
    delete_product(ADMIN, "P1", store=world.products, clock=world.clock)
    check = WordCheck(audit)
    assert (check.misfits(), check.examined, check.unreadable) == ([], 3, [])


def test_a_rebuild_fills_an_empty_index_and_takes_away_what_no_product_has(
    world: CatalogWorld, audit: DynamoWordAudit, dynamodb: Any, tables: dict[str, str]
) -> None:
    # Given an index that lost a product's rows and has many of others
    world.product("A", name="Blue mug")
    for item in dynamodb.scan(TableName=tables["product-words"])["Items"]:
        dynamodb.delete_item(
            TableName=tables["product-words"], Key={name: item[name] for name in ("stem", "productId")}
        )
    strays = [WordEntry(f"{number:03d}", "NEVER", ("x",), "x", 1, "c") for number in range(120)]
    put(dynamodb, tables, WordEntry("cup", "A", ("cup",), "cup", 1, "samples"), *strays)
    # When
    check = WordCheck(audit)
    found = check.misfits()
    assert [(each.product_id, len(each.missing), len(each.left_over)) for each in found] == [
        ("A", 6, 1),
        ("NEVER", 0, 120),
    ]
    assert check.rebuild(found) == (2, 0)
    # Then
    assert check.misfits() == []
    assert (world.walk(Selection(search="mug"), 10), world.walk(Selection(search="cup"), 10)) == (["A"], [])


def test_a_correction_for_a_product_that_changed_meanwhile_writes_nothing(
    world: CatalogWorld, audit: DynamoWordAudit, dynamodb: Any, tables: dict[str, str]
) -> None:
    world.product("A", name="Mug")
    put(dynamodb, tables, *(WordEntry("cup", product_id, ("cup",), "cup", 1, "samples") for product_id in ("A", "B")))
    check = WordCheck(audit)
    found = check.misfits()
    update_product(ADMIN, "A", 1, {"name": "Cup"}, store=world.products, clock=world.clock)
    world.product("B", name="Cup")
    assert check.rebuild(found) == (0, 2)
    assert (check.misfits(), world.walk(Selection(search="cup"), 10)) == ([], ["A", "B"])
