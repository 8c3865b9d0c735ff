"""The audit trail from outside: what people changed is told to whom it concerns, and nothing rewrites it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.orderflow_command import Orderflow
from tests.e2e.shop import Shop


def entries(reader: Shop, user_id: str | None, limit: int = 2) -> list[dict[str, Any]]:
    """Return every entry about somebody's data, page by page, newest first."""
    found: list[dict[str, Any]] = []
    token = None
    while True:
        query = {"limit": limit, **({"nextToken": token} if token else {})}
        answer = reader.get(f"/users/{user_id}/audit", params=query)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        token = answer.json().get("nextToken")
        if token is None:
            return found


def test_a_customer_reads_what_happened_to_their_profile_and_orders(shop: Shop, admin: Shop) -> None:
    # Given
    ada = shop.new_customer()
    changed = ada.call("PUT", f"/users/{ada.user_id}", json={"version": 1, "name": "Ada King"})
    assert changed.status_code == 200, changed.text
    order_id = ada.order(("test_1", 1)).json()["orderId"]
    assert ada.finished(order_id)["status"] == "CONFIRMED"
    shipped = admin.post(f"/orders/{order_id}/shipments", {})
    assert shipped.status_code == 200, shipped.text
    # When
    found = entries(ada, ada.user_id)
    # Then
    ids = [each["entryId"] for each in found]
    assert ids == sorted(set(ids), reverse=True)
    told = [(each["action"], each["by"]) for each in found[::-1]]
    creator = told[0][1]
    assert told == [
        ("user.created", creator),
        ("permission.granted", creator),
        ("user.updated", ada.user_id),
        ("order.placed", ada.user_id),
        ("order.shipped", "shop"),
        ("order.movement_settled", "shop"),
    ]
    update = found[-3]
    assert (update["before"]["name"], update["after"]["name"]) == ("(withheld)", "(withheld)")
    assert "Ada King" not in str(found)
    shipment = found[1]
    assert (shipment["before"]["status"], shipment["after"]["status"]) == ("CONFIRMED", "SHIPPED")
    assert shipment["requestId"] == shipped.headers["X-Request-Id"]
    # And administrators read who it was, strangers nothing
    assert "shop" not in {each["by"] for each in entries(admin, ada.user_id)}
    assert shop.new_customer().get(f"/users/{ada.user_id}/audit").status_code == 404


def test_operators_see_every_change_of_an_order_and_of_a_product_in_one_list(
    shop: Shop, admin: Shop, orderflow: Orderflow
) -> None:
    customer = shop.new_customer()
    order_id = customer.order(("test_1", 1)).json()["orderId"]
    assert customer.finished(order_id)["status"] == "CONFIRMED"
    assert customer.post(f"/orders/{order_id}/cancel", {}).status_code == 202
    found = orderflow.answer("audit", "show", "order", order_id)
    told = [(each["source"], each["action"]) for each in found]
    assert told[0] == ("trail", "order.placed")
    assert {("history", "PENDING"), ("history", "PROCESSING"), ("history", "CONFIRMED")} < set(told)
    assert ("history", "CANCELLED") in told
    assert [each["at"] for each in found] == sorted(each["at"] for each in found)
    # And of a product what administrators and operators did
    adjusted = admin.post("/products/test_1/stock", {"change": 1, "reason": "found one more"})
    assert adjusted.status_code == 200, adjusted.text
    why = ("--reason", "and it is gone again", "--yes")
    orderflow.answer("stock", "adjust", "test_1", "--change", "-1", *why)
    by_admin, by_operator = orderflow.answer("audit", "show", "product", "test_1")[-2:]
    assert (by_admin["source"], by_admin["after"]["reason"]) == ("trail", "found one more")
    assert (by_operator["source"], by_operator["action"]) == ("journal", f"stock adjust, DONE: {why[1]}")


def test_an_entry_is_not_written_twice(stack, shop: Shop) -> None:
    customer = shop.new_customer()
    dynamodb, table = stack.client("dynamodb"), stack.output("audit_trail_table_name")
    asked = {
        "TableName": table,
        "KeyConditionExpression": "subject = :subject",
        "ExpressionAttributeValues": {":subject": {"S": f"user#{customer.user_id}"}},
    }
    [item] = dynamodb.query(**asked)["Items"]
    with pytest.raises(ClientError) as refused:
        dynamodb.put_item(TableName=table, Item=item, ConditionExpression="attribute_not_exists(subject)")
    assert refused.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    policy = dynamodb.get_resource_policy(ResourceArn=dynamodb.describe_table(TableName=table)["Table"]["TableArn"])
    assert "NobodyChangesOrRemovesAnEntry" in policy["Policy"]
