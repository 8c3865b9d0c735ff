"""The catalogue's functions, from API Gateway's event to the tables and the bucket."""

import json
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from handlers.catalog import (
    adjust_stock,
    attach_product_image,
    create_product,
    create_upload_url,
    delete_product,
    get_product,
    list_products,
    release_stock,
    reserve_stock,
    update_product,
)
from orderflow.catalog.errors import OutOfStockError
from orderflow.runtime import paging
from orderflow.runtime.aws import client
from tests.support.catalog_world import CatalogWorld
from tests.support.gateway import CONTEXT, as_admin, call

MUG = {"productId": "MUG-01", "name": "Blue mug", "category": "kitchen", "price": 1250, "stock": 40}


@pytest.fixture(autouse=True)
def _environment(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRODUCT_IMAGES_BUCKET", "orderflow-test-images")
    monkeypatch.setenv("CURRENCY", "EUR")
    secret = client("secretsmanager").create_secret(Name="cursor", SecretString="a secret for cursors in tests")
    monkeypatch.setenv("CURSOR_SECRET_ARN", secret["ARN"])
    paging.cursor_key.cache_clear()


def one(product_id: str = "MUG-01") -> Any:
    return call(get_product.handler, path={"productId": product_id})


def test_a_product_is_created_and_read_whole() -> None:
    created = as_admin(create_product.handler, body=MUG)
    assert created.status == 201
    assert {key: created.body[key] for key in created.body if not key.endswith("At")} == {
        "productId": "MUG-01",
        "name": "Blue mug",
        "description": "",
        "category": "kitchen",
        "price": 1250,
        "currency": "EUR",
        "available": 40,
        "imageUrls": [],
        "version": 1,
    }
    assert (one().status, one().body) == (200, created.body)


def test_a_product_is_changed_on_its_version_and_withdrawn() -> None:
    as_admin(create_product.handler, body=MUG)
    path = {"productId": "MUG-01"}
    changed = as_admin(update_product.handler, path=path, body={"version": 1, "price": 999})
    assert (changed.status, changed.body["price"], changed.body["version"], changed.body["available"]) == (
        200,
        999,
        2,
        40,
    )
    stale = as_admin(update_product.handler, path=path, body={"version": 1, "price": 1})
    assert (stale.status, stale.code, stale.body["details"]) == (
        409,
        "VERSION_CONFLICT",
        [{"field": "version", "issue": "is 2 now"}],
    )
    gone = as_admin(delete_product.handler, path=path)
    assert (gone.status, gone.body) == (204, None)
    assert [one().status, as_admin(delete_product.handler, path=path).status] == [404, 404]
    assert one().code == "PRODUCT_NOT_FOUND"
    assert as_admin(create_product.handler, body=MUG).code == "PRODUCT_EXISTS"


@pytest.mark.parametrize(
    ("handler", "body"),
    [
        (create_product.handler, MUG),
        (update_product.handler, {"version": 1, "price": 1}),
        (delete_product.handler, None),
        (adjust_stock.handler, {"change": 1, "reason": "mine"}),
    ],
)
def test_customers_and_strangers_change_nothing(handler: Any, body: Any) -> None:
    path = {"productId": "MUG-01"}
    assert call(handler, path=path, body=body, user="customer-1", groups="customer").status == 403
    assert call(handler, path=path, body=body).status == 401
    assert call(handler, path=path, body=body, user="admin-1", groups="admin", token_use="access").status == 401
    assert one().status == 404


def test_stock_is_adjusted_apart_from_the_product() -> None:
    as_admin(create_product.handler, body=MUG)
    path = {"productId": "MUG-01"}
    answer = as_admin(adjust_stock.handler, path=path, body={"change": -15, "reason": "broken"})
    assert answer.status == 200
    assert {**answer.body, "updatedAt": ""} == {
        "productId": "MUG-01",
        "available": 25,
        "reserved": 0,
        "sold": 0,
        "updatedAt": "",
    }
    refused = as_admin(adjust_stock.handler, path=path, body={"change": -26, "reason": "broken"})
    assert (refused.status, refused.code) == (422, "INSUFFICIENT_STOCK")
    assert (one().body["available"], one().body["version"]) == (25, 1)


def test_a_count_that_is_sent_again_stands_once_and_a_delivery_is_another_delivery() -> None:
    as_admin(create_product.handler, body=MUG)
    for body, found in (({"set": 7, "reason": "counted"}, [7, 7]), ({"change": 3, "reason": "came in"}, [10, 13])):
        answers = [as_admin(adjust_stock.handler, path={"productId": "MUG-01"}, body=body) for _ in found]
        assert [answer.body["available"] for answer in answers] == found


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**MUG, "price": 12.5}, "price"),
        ({**MUG, "price": True}, "price"),
        ({**MUG, "stock": -1}, "stock"),
        ({**MUG, "colour": "blue"}, "colour"),
        ({"name": "x"}, "category"),
        ("[]", "body"),
        ("{", "body"),
    ],
)
def test_a_malformed_body_is_a_400_that_names_the_field(body: Any, field: str) -> None:
    answer = as_admin(create_product.handler, body=body)
    assert (answer.status, answer.fields) == (400, [field])


def test_lists_are_paged_by_a_token_that_is_signed_for_them() -> None:
    for number in range(3):
        as_admin(create_product.handler, body={**MUG, "productId": f"P{number}", "price": 300 - number})
    query = {"limit": "2", "sort": "price", "category": "kitchen"}
    first = call(list_products.handler, query=query)
    assert (first.status, [item["productId"] for item in first.body["items"]]) == (200, ["P2", "P1"])
    assert [item["available"] for item in first.body["items"]] == [40, 40]
    second = call(list_products.handler, query={**query, "nextToken": first.body["nextToken"]})
    assert ([item["productId"] for item in second.body["items"]], "nextToken" in second.body) == (["P0"], False)
    other = call(list_products.handler, query={**query, "sort": "-price", "nextToken": first.body["nextToken"]})
    assert (other.status, other.fields) == (400, ["nextToken"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "1.0"),
        ("limit", "²"),
        ("sort", "stock"),
        ("category", ""),
        ("category", "a\n"),
        ("search", ""),
        ("search", "x" * 101),
        ("nextToken", ""),
        ("nextToken", "é"),
        ("nextToken", "AAAA"),
    ],
)
def test_a_malformed_parameter_is_a_400_that_names_it(name: str, value: str) -> None:
    answer = call(list_products.handler, query={name: value})
    assert (answer.status, answer.fields) == (400, [name])


@pytest.mark.parametrize("product_id", ["NEVER", "a b", "x" * 65, "%00", "..%2Fx"])
def test_an_id_that_no_product_has_is_a_404(product_id: str) -> None:
    assert (one(product_id).status, one(product_id).code) == (404, "PRODUCT_NOT_FOUND")


def upload(**query: str) -> Any:
    return as_admin(create_upload_url.handler, query={"filename": "a.png", "contentType": "image/png", **query})


def test_an_upload_form_is_signed_for_one_key_type_and_size() -> None:
    as_admin(create_product.handler, body=MUG)
    answer = upload(productId="MUG-01")
    assert answer.status == 200
    assert answer.body["uploadUrl"] == "https://orderflow-test-images.s3.eu-central-1.amazonaws.com/"
    policy = json.loads(b64decode(answer.body["fields"]["policy"]))["conditions"]
    assert {"key": answer.body["key"]} in policy
    assert {"Content-Type": "image/png"} in policy
    assert ["content-length-range", 1, 5 * 1024 * 1024] in policy
    assert answer.body["fields"]["Content-Type"] == "image/png"
    assert answer.body["key"].startswith("products/MUG-01/")


@pytest.mark.parametrize("missing", ["filename", "contentType"])
def test_an_upload_needs_a_name_and_a_type(missing: str) -> None:
    query = {"filename": "a.png", "contentType": "image/png"}
    del query[missing]
    answer = as_admin(create_upload_url.handler, query=query)
    assert (answer.status, answer.fields) == (400, [missing])


def notification(*keys: str) -> dict[str, Any]:
    return {"Records": [{"eventName": "ObjectCreated:Post", "s3": {"object": {"key": key}}} for key in keys]}


def test_an_uploaded_picture_shows_up_once_under_a_signed_address() -> None:
    as_admin(create_product.handler, body=MUG)
    key = upload(productId="MUG-01").body["key"]
    event = notification(key.replace("/", "%2F"), "uploads/x/y.png", "products/NEVER/y.png")
    for _ in range(2):
        attach_product_image.handler(event, CONTEXT)
    (url,) = one().body["imageUrls"]
    parts = urlsplit(url)
    assert (parts.netloc, parts.path) == ("orderflow-test-images.s3.eu-central-1.amazonaws.com", f"/{key}")
    assert parse_qs(parts.query)["X-Amz-Expires"] == ["3600"]
    assert call(list_products.handler).body["items"][0]["imageUrls"][0].split("?")[0] == url.split("?")[0]


def test_a_picture_that_cannot_be_attached_now_raises_so_that_lambda_repeats(
    dynamodb: Any, tables: dict[str, str]
) -> None:
    dynamodb.delete_table(TableName=tables["products"])
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        attach_product_image.handler(notification("products/A/1.png"), CONTEXT)


def line(product_id: str, quantity: int) -> dict[str, Any]:
    return {"M": {"productId": {"S": product_id}, "quantity": {"N": str(quantity)}}}


def test_the_stock_steps_reserve_and_release_once(world: CatalogWorld) -> None:
    world.product("A", stock=5)
    order = {"orderId": "order-1", "correlationId": "c", "lines": [line("A", 2)]}
    for _ in range(2):
        assert reserve_stock.handler(order, CONTEXT) == {"orderId": "order-1", "status": "RESERVED"}
    assert world.counts("A") == (3, 2, 0)
    for _ in range(2):
        assert release_stock.handler(order, CONTEXT) == {"orderId": "order-1", "status": "RELEASED"}
    assert world.counts("A") == (5, 0, 0)
    other = {"orderId": "order-2", "correlationId": "c"}
    assert release_stock.handler(other, CONTEXT) == {"orderId": "order-2", "status": "NOTHING_RESERVED"}


def test_a_step_raises_the_error_that_the_workflow_catches(world: CatalogWorld) -> None:
    world.product("A", stock=1)
    with pytest.raises(OutOfStockError, match="Product A has fewer than the 2 units"):
        reserve_stock.handler({"orderId": "order-1", "lines": [line("A", 2)]}, CONTEXT)
