"""Somebody is forgotten: no table tells of them any more, and the books still add up."""

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from orderflow.runtime.dynamo import from_item, to_item
from tests.e2e.agent import SESSIONS, Agent
from tests.e2e.orderflow_command import Orderflow
from tests.e2e.shop import ADDRESS, Shop
from tests.e2e.test_feedback import product  # noqa: F401 - a fixture
from tests.support.checkout import ADDRESS as HOME
from tests.support.receiver import receiver

WHY = ("--reason", "a test of the stack", "--yes", "--json")
A_DAY_AGO = "2026-01-01T00:00:00.000Z"
TELL_OF_A_BUYER = ("checkout_sessions", "orders", "webhook_deliveries")


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
    product: str,  # noqa: F811 - a fixture that is imported, and asked for by its name
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


def test_who_bought_through_an_agent_is_forgotten_in_every_table_and_in_every_replay(
    agent: Agent, admin: Shop, stack: Any, orderflow: Orderflow
) -> None:
    with receiver() as hooks:
        # Given a purchase that arrived, its agent told of it
        assert admin.post("/webhook_endpoints", {"clientId": agent.key_id, "url": hooks.url}).status_code == 201
        word = uuid4().hex
        session = agent.ready()
        told = {"buyer": {"email": f"{word}@example.com"}, "fulfillment_details": {"address": {**HOME, "name": word}}}
        session = agent.ask("POST", f"{SESSIONS}/{session['id']}", told).json()
        agent.complete(session, agent.delegated(session), order_notes=word)
        order_id = agent.seen(session, "completed")["order"]["id"]
        admin.finished(order_id)
        ship = {"carrier": "DHL", "trackingNumber": word}
        admin.insist(f"/orders/{order_id}/shipments", ship, uuid4().hex)
        shipment = agent.seen(session, "shipped")["order"]["fulfillments"][0]["id"]
        admin.insist(f"/orders/{order_id}/deliveries", {"shipmentId": shipment}, uuid4().hex)
        bodies = until(lambda: [each.body for each in hooks.got if b'"status":"completed"' in each.body])
        assert word.encode() in bodies[0]
        until(lambda: all(each["state"] == "DELIVERED" for each in sent(orderflow, order_id)))
        telling = {stack.output(f"{name}_table_name") for name in TELL_OF_A_BUYER}
        assert tables_that_tell(stack, word) == telling
        erase = ("checkout", "erase", "--order", order_id)
        # When answers may still be repeated / Then
        early = orderflow.run(*erase, *WHY)
        assert (early.returncode, "may be repeated until" in early.stderr) == (2, True), early.stderr
        # When they may not
        a_day_passes(stack, session["id"])
        done = orderflow.run(*erase, *WHY)
        # Then nothing tells of the buyer, and the session is what its events make of it
        assert done.returncode == 0, done.stderr + done.stdout
        assert tables_that_tell(stack, word) == set()
        assert orderflow.run(*erase, "--verify").returncode == 0
        replayed = orderflow.run("checkout", "rebuild", "--verify", "--session", session["id"])
        assert replayed.returncode == 0, replayed.stdout
        # And what is sent again has the order and not its buyer
        before = len(hooks.got)
        count = len(orderflow.answer("webhooks", "replay", "--order", order_id, "--reason", "e2e", "--yes"))
        until(lambda: len(hooks.got) == before + count)
        assert not any(word.encode() in each.body for each in hooks.got[before:])
        assert json.loads(hooks.got[-1].body)["data"]["id"] == order_id


def sent(orderflow: Orderflow, order_id: str) -> list[dict[str, Any]]:
    """Return what an order's webhooks came to."""
    return list(orderflow.answer("webhooks", "list", "--order", order_id))


def a_day_passes(stack: Any, session_id: str) -> None:
    """Let all events of a session be a day older, as a table's owner can."""
    table = stack.output("checkout_sessions_table_name")
    items = stack.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="sessionId = :session",
        ExpressionAttributeValues=to_item({":session": session_id}),
    )["Items"]
    for item in items:
        item["at"] = item["state"]["M"]["createdAt"] = item["state"]["M"]["updatedAt"] = {"S": A_DAY_AGO}
        stack.client("dynamodb").put_item(TableName=table, Item=item)


def until(found: Callable[[], Any]) -> Any:
    """Return what is found once there is something, within two minutes."""
    deadline = time.monotonic() + 120
    while not (there := found()):
        assert time.monotonic() < deadline, "not there after 120 s"
        time.sleep(0.5)
    return there
