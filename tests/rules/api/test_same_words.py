"""Words and limits that the contract and the domain both know are the same in both."""

from typing import Any

from orderflow.catalog import images
from orderflow.catalog.browsing import Sort
from orderflow.catalog.product import MAX_IMAGES
from orderflow.orders.limits import MAX_LINES, MAX_QUANTITY
from orderflow.orders.status import ROUTES, OrderStatus
from orderflow.runtime import paging
from tests.support.contract_document import document, operations, schemas


def parameter(path: str, name: str) -> dict[str, Any]:
    """Return the schema of a query parameter."""
    shared = document()["components"]["parameters"]
    given = [
        shared[found["$ref"].rpartition("/")[2]] if "$ref" in found else found
        for found in document()["paths"][path]["get"]["parameters"]
    ]
    return next(found["schema"] for found in given if found["name"] == name)


def test_the_statuses_of_an_order() -> None:
    assert set(schemas()["OrderStatus"]["enum"]) == set(OrderStatus)


def test_every_action_that_an_order_offers_has_its_operation() -> None:
    assert set(ROUTES.values()) <= {operation.facts["operationId"] for operation in operations()}


def test_the_size_of_an_order() -> None:
    assert schemas()["PlaceOrderRequest"]["properties"]["items"]["maxItems"] == MAX_LINES
    assert schemas()["NewOrderLine"]["properties"]["quantity"]["maximum"] == MAX_QUANTITY


def test_the_pictures_of_a_product() -> None:
    assert schemas()["ImageKeys"]["maxItems"] == MAX_IMAGES
    assert parameter("/products/upload", "contentType")["enum"] == list(images.ENDINGS)


def test_the_orders_of_a_list_of_products() -> None:
    assert parameter("/products", "sort")["enum"] == [sort.value for sort in Sort]


def test_the_size_of_a_page() -> None:
    assert parameter("/orders", "limit") == parameter("/products", "limit")
    limit = parameter("/orders", "limit")
    assert (limit["minimum"], limit["default"], limit["maximum"]) == (1, paging.DEFAULT_LIMIT, paging.MAX_LIMIT)
