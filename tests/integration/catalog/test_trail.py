"""A change of a product and its entry in the audit trail are written together, or neither is."""

from typing import Any

import pytest

from handlers.catalog import adjust_stock, attach_product_image, create_product, delete_product, update_product
from orderflow.runtime.aws import client
from tests.support.gateway import CONTEXT, as_admin, call
from tests.support.trail import trail

MUG = {"productId": "MUG-01", "name": "Blue mug", "category": "kitchen", "price": 1250, "stock": 40}
MUG_PATH = {"productId": "MUG-01"}


@pytest.fixture(autouse=True)
def _environment(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODUCT_IMAGES_BUCKET", "orderflow-test-images")
    monkeypatch.setenv("CURRENCY", "EUR")


def told(tables: dict[str, str]) -> list[dict[str, Any]]:
    return trail(client("dynamodb"), tables, "product#MUG-01")


def uploaded(key: str) -> dict[str, Any]:
    record = {"s3": {"object": {"key": key}}, "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810"}}
    return {"Records": [record]}


def test_everything_that_happens_to_a_product_is_told_with_who_when_and_by_which_request(
    tables: dict[str, str],
) -> None:
    # When
    as_admin(create_product.handler, body=MUG)
    changed = as_admin(update_product.handler, path=MUG_PATH, body={"version": 1, "price": 999})
    as_admin(adjust_stock.handler, path=MUG_PATH, body={"change": -15, "reason": "broken"})
    as_admin(adjust_stock.handler, path=MUG_PATH, body={"set": 20, "reason": "counted"})
    attach_product_image.handler(uploaded("products/MUG-01/01.png"), CONTEXT)
    as_admin(delete_product.handler, path=MUG_PATH)
    # Then
    created, updated, fewer, counted, attached, deleted = told(tables)
    assert (updated["by"], updated["requestId"], updated["at"]) == ("admin-1", "request-1", changed.body["updatedAt"])
    assert created["after"] == {
        "name": "Blue mug",
        "description": "",
        "category": "kitchen",
        "price": 1250,
        "currency": "EUR",
        "imageKeys": [],
        "status": "ACTIVE",
        "version": 1,
        "available": 40,
    }
    assert "before" not in created
    assert (updated["before"], updated["after"]) == ({"price": 1250, "version": 1}, {"price": 999, "version": 2})
    assert (fewer["before"], fewer["after"]) == ({"available": 40}, {"available": 25, "reason": "broken"})
    assert (counted["before"], counted["after"]) == ({"available": 25}, {"available": 20, "reason": "counted"})
    assert (attached["by"], attached["requestId"]) == ("function:attach_product_image", "C3D13FE58DE4C810")
    assert attached["after"] == {"imageKey": "products/MUG-01/01.png"}
    assert (deleted["before"], deleted["after"]) == ({"status": "ACTIVE"}, {"status": "WITHDRAWN"})
    assert [each["action"] for each in told(tables)] == [
        "product.created",
        "product.updated",
        "product.stock_adjusted",
        "product.stock_adjusted",
        "product.image_attached",
        "product.deleted",
    ]


def test_what_is_refused_leaves_no_entry(tables: dict[str, str]) -> None:
    as_admin(create_product.handler, body=MUG)
    refused = [
        as_admin(create_product.handler, body=MUG),
        as_admin(update_product.handler, path=MUG_PATH, body={"version": 7, "price": 1}),
        as_admin(adjust_stock.handler, path=MUG_PATH, body={"change": -41, "reason": "too many"}),
        call(delete_product.handler, path=MUG_PATH, user="customer-1", groups="customer"),
    ]
    assert [answer.status for answer in refused] == [409, 409, 422, 403]
    attach_product_image.handler(uploaded("products/NEVER/01.png"), CONTEXT)
    assert [each["action"] for each in told(tables)] == ["product.created"]
    assert trail(client("dynamodb"), tables, "product#NEVER") == []


@pytest.mark.parametrize(
    ("handler", "body"),
    [
        (create_product.handler, {**MUG, "productId": "OTHER"}),
        (update_product.handler, {"version": 1, "price": 999}),
        (delete_product.handler, None),
        (adjust_stock.handler, {"change": -15, "reason": "broken"}),
    ],
)
def test_where_the_entry_cannot_be_written_nothing_changes(
    tables: dict[str, str], monkeypatch: pytest.MonkeyPatch, handler: Any, body: Any
) -> None:
    # Given
    as_admin(create_product.handler, body=MUG)
    before = everything(tables)
    # When
    monkeypatch.setenv("AUDIT_TRAIL_TABLE", "not-there")
    answer = as_admin(handler, path=MUG_PATH, body=body)
    # Then
    assert answer.status == 500
    assert everything(tables) == before


def everything(tables: dict[str, str]) -> list[Any]:
    return [client("dynamodb").scan(TableName=tables[name])["Items"] for name in ("products", "stock", "audit-trail")]
