"""Another address from outside: until it is shipped, by who may, on what they read, whatever the workflow does."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests

from tests.e2e.shop import ADDRESS, Shop

ELSEWHERE = {"street": "Am Markt 1", "city": "Jena", "zipCode": "07743", "country": "DE"}
AT_ONCE = 8


def put(shop: Shop, order_id: str, version: int, address: dict[str, str]) -> requests.Response:
    return shop.call("PUT", f"/orders/{order_id}", json={"version": version, "shippingAddress": address})


def confirmed(customer: Shop) -> dict[str, Any]:
    order = customer.finished(customer.order(("ITEM001", 1)).json()["orderId"])
    assert order["status"] == "CONFIRMED"
    return order


def test_an_order_is_sent_elsewhere_until_it_is_shipped(customer: Shop, admin: Shop, shop: Shop) -> None:
    # Given
    order = confirmed(customer)
    order_id, version = order["orderId"], order["version"]
    assert (order["shippingAddress"], "changeAddress" in order["allowedActions"]) == (ADDRESS, True)
    # When
    changed = put(customer, order_id, version, ELSEWHERE)
    # Then
    assert changed.status_code == 200, changed.text
    assert changed.json() == customer.get(f"/orders/{order_id}").json()
    assert (changed.json()["shippingAddress"], changed.json()["version"]) == (ELSEWHERE, version + 1)
    assert changed.json()["history"] == order["history"]
    # And a repeat is told the version that there is now
    again = put(customer, order_id, version, ELSEWHERE)
    assert (again.status_code, again.json()["code"]) == (409, "VERSION_CONFLICT")
    assert again.json()["details"] == [{"field": "version", "issue": f"is {version + 1} now"}]
    # And a stranger finds nothing, an administrator does
    assert put(shop.new_customer(), order_id, version + 1, ADDRESS).status_code == 404
    assert put(admin, order_id, version + 1, ADDRESS).json()["version"] == version + 2
    # When it is shipped
    shipped = admin.post(f"/orders/{order_id}/shipments", {}).json()
    late = put(customer, order_id, shipped["version"], ELSEWHERE)
    # Then it is too late
    assert (late.status_code, late.json()["code"]) == (409, "ILLEGAL_ACTION")
    assert customer.get(f"/orders/{order_id}").json()["shippingAddress"] == ADDRESS
    # And who did what is told, and no address
    entries = customer.get(f"/users/{customer.user_id}/audit?limit=100")
    assert [
        entry["after"]["shippingAddress"]
        for entry in entries.json()["items"]
        if entry["action"] == "order.address_changed" and entry["subject"] == f"order#{order_id}"
    ] == ["(withheld)", "(withheld)"]
    assert ELSEWHERE["street"] not in entries.text


def test_an_order_whose_address_is_changed_while_it_is_processed_is_confirmed_all_the_same(customer: Shop) -> None:
    # Given an order on its way
    order_id = customer.order(("ITEM001", 1)).json()["orderId"]
    deadline, version, wanted = time.monotonic() + 60, 1, 0
    # When its owner changes the address again and again, each time on the version that they were told
    while customer.get(f"/orders/{order_id}").json()["status"] != "CONFIRMED":
        assert time.monotonic() < deadline
        wanted += 1
        answer = put(customer, order_id, version, {**ELSEWHERE, "street": f"Am Markt {wanted}"})
        assert answer.status_code in (200, 409), answer.text
        if answer.status_code == 409:
            assert answer.json()["code"] == "VERSION_CONFLICT"
        version = customer.get(f"/orders/{order_id}").json()["version"]
    # Then the workflow was refused nothing
    order = customer.get(f"/orders/{order_id}").json()
    assert [entry["status"] for entry in order["history"]] == ["PENDING", "PROCESSING", "CONFIRMED"]


def test_of_many_changes_at_once_one_counts(customer: Shop) -> None:
    # Given
    order = confirmed(customer)
    streets = [f"Am Markt {number}" for number in range(1, AT_ONCE + 1)]
    # When
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(
            pool.map(
                lambda street: put(customer, order["orderId"], order["version"], {**ELSEWHERE, "street": street}),
                streets,
            )
        )
    # Then the others are told so; one may have met another transaction five times (503)
    done = [answer.json() for answer in answers if answer.status_code == 200]
    assert [answer.status_code for answer in answers if answer.status_code not in (200, 409, 503)] == []
    assert len(done) == 1
    assert customer.get(f"/orders/{order['orderId']}").json() == done[0]


def test_against_a_shipment_the_order_goes_where_it_says(customer: Shop, admin: Shop) -> None:
    # Given
    order = confirmed(customer)
    order_id = order["orderId"]
    # When both happen at once
    with ThreadPoolExecutor(2) as pool:
        shipping = pool.submit(admin.post, f"/orders/{order_id}/shipments", {})
        changing = pool.submit(put, customer, order_id, order["version"], ELSEWHERE)
    # Then the goods leave, and the address is the new one only for whom it was answered so
    assert shipping.result().status_code == 200, shipping.result().text
    assert changing.result().status_code in (200, 409), changing.result().text
    told = ELSEWHERE if changing.result().status_code == 200 else ADDRESS
    shown = customer.get(f"/orders/{order_id}").json()
    assert (shown["status"], shown["shippingAddress"]) == ("SHIPPED", told)
