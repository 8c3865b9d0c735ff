"""Somebody is forgotten: no table tells of them any more, and the books still add up."""

import json
from typing import Any
from uuid import uuid4

from orderflow.runtime.dynamo import from_item, to_item
from tests.e2e.orderflow_command import Orderflow
from tests.e2e.shop import ADDRESS, Shop
from tests.e2e.test_feedback import product  # noqa: F401 - a fixture

WHY = ("--reason", "a test of the stack", "--yes", "--json")
A_DAY_AGO = "2026-01-01T00:00:00.000Z"


def tables_that_tell(stack: Any, *words: str) -> set[str]:
    """Return the tables in which one of the words stands."""
    dynamodb = stack.client("dynamodb")
    found = set()
    for table in dynamodb.get_paginator("list_tables").paginate().search("TableNames"):
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            if any(word in str(from_item(item)) for item in page["Items"] for word in words):
                found.add(table)
    return found


def test_who_asked_is_forgotten_in_every_table_once_their_order_has_arrived(
    customer: Shop,
    admin: Shop,
    stack: Any,
    orderflow: Orderflow,
    product: str,  # noqa: F811
) -> None:
    # Given a customer with a shipped order that they judged, who then deletes themselves
    street, words = f"{uuid4().hex} Elm Street", f"Ask for {uuid4().hex}"
    email = customer.get(f"/users/{customer.user_id}").json()["email"]
    lines = [{"productId": product, "quantity": 1}]
    body = {"items": lines, "shippingAddress": {**ADDRESS, "street": street}}
    order_id = customer.post("/orders", body).json()["orderId"]
    before = customer.finished(order_id)
    given = customer.post("/feedback", {"orderId": order_id, "rating": 4, "comment": words})
    assert given.status_code == 201, given.text
    shipped = admin.post(f"/orders/{order_id}/shipments", {"carrier": "DHL", "trackingNumber": street})
    assert customer.call("DELETE", f"/users/{customer.user_id}").status_code == 204
    erase = ("users", "erase", str(customer.user_id))
    told = tables_that_tell(stack, street, words, email)
    assert told == {stack.output(f"{name}_table_name") for name in ("customers", "feedback", "orders")}
    # When their last sign-in may still work / Then
    early = orderflow.run(*erase, *WHY)
    assert (early.returncode, "may order until" in early.stderr) == (2, True), early.stderr
    # When it no longer does, and the order is on its way / Then only that keeps its address
    stack.client("dynamodb").update_item(
        TableName=stack.output("customers_table_name"),
        Key=to_item({"userId": customer.user_id}),
        UpdateExpression="SET deletedAt = :past",
        ExpressionAttributeValues=to_item({":past": A_DAY_AGO}),
    )
    first = orderflow.run(*erase, *WHY)
    assert (first.returncode, json.loads(first.stdout)["ordersNeeded"]) == (1, [order_id]), first.stderr
    assert tables_that_tell(stack, street, words, email) == {stack.output("orders_table_name")}
    # When it has arrived / Then
    admin.post(f"/orders/{order_id}/deliveries", {"shipmentId": shipped.json()["shipmentId"]})
    assert orderflow.run(*erase, *WHY).returncode == 0
    assert tables_that_tell(stack, street, words, email) == set()
    assert orderflow.run(*erase, "--verify").returncode == 0
    # And what the books and the catalogue need is there
    after = admin.get(f"/orders/{order_id}").json()
    assert (after["status"], after["total"], after["userId"]) == ("DELIVERED", before["total"], customer.user_id)
    assert after["shippingAddress"] == {"street": "erased", "city": "erased", "zipCode": "erased", "country": "DE"}
    [shown] = admin.get("/feedback", params={"productId": product}).json()["items"]
    assert (shown["rating"], shown["comment"]) == (4, "")
    assert admin.get(f"/products/{product}").json()["rating"] == {"average": 4, "count": 1}
    assert (f"order {order_id}") not in {subject for _, subject in orderflow.findings()}
