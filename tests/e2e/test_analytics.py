"""Figures from outside: what became of orders is counted once, for their customer and for the shop, and is proven."""

import json
import time
from typing import Any

import pytest

from tests.e2e.orderflow_command import Orderflow
from tests.e2e.shop import Shop
from tests.e2e.test_fulfilment import confirmed, take

COUNTED_SECONDS = 30


def told(shop: Shop, query: str = "") -> dict[str, Any]:
    answer = shop.get(f"/analytics{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def once(shop: Shop, orders: dict[str, int]) -> dict[str, Any]:
    """Return the caller's totals once their orders are counted in these statuses."""
    deadline = time.monotonic() + COUNTED_SECONDS
    while (totals := told(shop)["totals"])["ordersByStatus"] != orders:
        assert time.monotonic() < deadline, f"{totals} after {COUNTED_SECONDS} s, {orders} were placed"
        time.sleep(0.3)
    return totals


def once_rated(shop: Shop, rating: dict[str, Any]) -> None:
    """Return once the caller's rating is counted as this."""
    deadline = time.monotonic() + COUNTED_SECONDS
    while (there := told(shop)["totals"].get("rating")) != rating:
        assert time.monotonic() < deadline, f"{there} after {COUNTED_SECONDS} s, not {rating}"
        time.sleep(0.3)


def test_a_new_customer_sees_figures_of_their_own_and_not_a_403(customer: Shop) -> None:
    figures = told(customer)
    assert (figures["scope"], figures["totals"]["orders"], len(figures["days"])) == ("own", 0, 30)


def test_what_is_bought_cancelled_and_refunded_is_in_the_figures_and_equals_the_orders(
    customer: Shop, admin: Shop, stack, orderflow: Orderflow
) -> None:
    # Given
    before = told(admin)
    kept = confirmed(customer, ("ITEM001", 1), ("ITEM002", 2))
    cancelled = confirmed(customer, ("ITEM001", 3))
    declined = customer.order(("ITEM001", 1), token="sandbox_decline").json()["orderId"]
    assert customer.finished(declined)["status"] == "PAYMENT_FAILED"
    # When
    assert customer.post(f"/orders/{cancelled}/cancel", {}).status_code == 202
    take(admin, kept, "shipments", {})
    take(admin, kept, "refunds", {"lines": [{"productId": "ITEM002", "quantity": 1}], "reason": "does not fit"})
    # Then
    totals = once(customer, {"CANCELLED": 1, "PAYMENT_FAILED": 1, "SHIPPED": 1})
    deadline = time.monotonic() + COUNTED_SECONDS
    while totals["refunded"] == 0 and time.monotonic() < deadline:
        totals = told(customer)["totals"]
    paid = 1999 + 2 * 750
    assert {name: totals[name] for name in ("sold", "gross", "refunded", "revenue", "averageBasket")} == {
        "sold": 1,
        "gross": paid,
        "refunded": 750,
        "revenue": paid - 750,
        "averageBasket": paid,
    }
    assert told(customer)["topProducts"] == [
        {"productId": "ITEM002", "quantity": 2},
        {"productId": "ITEM001", "quantity": 1},
    ]
    # And the shop has it all, the administrator by themselves nothing
    after = told(admin)
    grown = {name: after["totals"][name] - before["totals"][name] for name in ("orders", "sold", "revenue")}
    assert (after["scope"], grown) == ("shop", {"orders": 3, "sold": 1, "revenue": paid - 750})
    assert (told(admin, "?mine=true")["scope"], told(admin, "?mine=true")["totals"]["orders"]) == ("own", 0)
    # And operators can prove it
    stack.wait_until_idle()
    proof = orderflow.run("analytics", "rebuild", "--verify", "--json", "--wait", "5")
    assert (proof.returncode, json.loads(proof.stdout)) == (0, []), proof.stdout + proof.stderr


def test_what_a_customer_thinks_is_in_the_figures_on_its_day_follows_a_change_and_goes_with_the_feedback(
    customer: Shop, admin: Shop, stack, orderflow: Orderflow
) -> None:
    # Given an order of two products that is paid for: each product is judged
    judged = confirmed(customer, ("ITEM001", 1), ("ITEM002", 1))
    before = told(admin)["totals"].get("rating", {"count": 0})["count"]
    given = customer.post("/feedback", {"orderId": judged, "rating": 5})
    assert given.status_code == 201, given.text
    # When / Then
    once_rated(customer, {"average": 5, "count": 2})
    assert told(customer)["days"][-1]["rating"] == {"average": 5, "count": 2}
    assert told(admin)["totals"]["rating"]["count"] == before + 2
    assert "rating" not in told(admin, "?mine=true")["totals"]
    # And
    feedback_id = given.json()["feedbackId"]
    changed = customer.call("PUT", f"/feedback/{feedback_id}", json={"version": 1, "rating": 2})
    assert changed.status_code == 200, changed.text
    once_rated(customer, {"average": 2, "count": 2})
    # And operators can prove it
    stack.wait_until_idle()
    proof = orderflow.run("analytics", "rebuild", "--verify", "--json", "--wait", "5")
    assert (proof.returncode, json.loads(proof.stdout)) == (0, []), proof.stdout + proof.stderr
    # And what is removed counts no more
    assert customer.call("DELETE", f"/feedback/{feedback_id}").status_code == 204
    deadline = time.monotonic() + COUNTED_SECONDS
    while "rating" in (totals := told(customer)["totals"]):
        assert time.monotonic() < deadline, f"{totals} after {COUNTED_SECONDS} s, the feedback was removed"
        time.sleep(0.3)


def test_figures_that_were_spoilt_are_named_and_rebuilt_from_the_orders(
    customer: Shop, stack, orderflow: Orderflow
) -> None:
    # Given
    confirmed(customer, ("ITEM001", 1))
    once(customer, {"CONFIRMED": 1})
    day = time.strftime("%Y-%m-%d", time.gmtime())
    key = {"book": {"S": f"customer#{customer.user_id}"}, "line": {"S": f"{day}#EUR"}}
    stack.client("dynamodb").update_item(
        TableName=stack.output("analytics_table_name"),
        Key=key,
        UpdateExpression="ADD gross :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    # When / Then
    verify = ("analytics", "rebuild", "--verify", "--json", "--wait", "1")
    found = orderflow.run(*verify)
    assert found.returncode == 1
    assert [(each["figure"], each["expected"], each["counted"]) for each in json.loads(found.stdout)] == [
        ("gross", 1999, 2000)
    ]
    done = orderflow.run("analytics", "rebuild", "--reason", "spoilt by a test", "--yes", "--wait", "1")
    assert done.returncode == 0, done.stderr
    assert orderflow.run(*verify).returncode == 0
    assert told(customer)["totals"]["gross"] == 1999


@pytest.mark.parametrize(
    "query", ["?from=yesterday", "?from=2026-01-01&to=2026-02-15", "?to=2026-01-01&from=2026-01-02"]
)
def test_a_range_that_makes_no_sense_is_a_400_that_says_so(customer: Shop, query: str) -> None:
    answer = customer.get(f"/analytics{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")
    assert answer.json()["details"]


def test_without_a_token_nobody_sees_figures(shop: Shop) -> None:
    assert shop.get("/analytics").status_code == 401
