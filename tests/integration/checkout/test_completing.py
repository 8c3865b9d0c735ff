"""Completing a session from the gateway's event to the tables: one transaction makes the order; its events follow."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock, get_ident
from typing import Any

import pytest

from handlers.checkout import complete_checkout_session
from orderflow.checkout.audit_store import DynamoSessionAudit
from orderflow.checkout.pricing.discount_book import DynamoDiscountBook
from orderflow.checkout.pricing.discount_records import TERMS, client_holder
from orderflow.checkout.session_store import DynamoSessionStore
from orderflow.checkout.verifying import verified
from tests.support.acp import CURRENT, faults, published
from tests.support.checkout import Agent, by_type, ready
from tests.support.quotes import discount
from tests.support.till import Shop

TABLES = ("orders", "checkout-sessions", "audit-trail", "idempotency", "payment-tokens", "discounts")
AT_ONCE = 100
WITHIN_SECONDS = 120


def test_an_order_of_the_client_comes_to_what_the_session_showed(agent: Agent, till: Shop) -> None:
    session = ready(agent)
    till.grant(session, agent)
    answer = agent.complete(session["id"], "vt_1")
    # Then the session is completed with its order
    assert (answer.status, answer.body["status"]) == (200, "completed"), answer.body
    (order,) = till.all("orders")
    assert answer.body["order"]["id"] == order["orderId"]
    assert order["total"] == by_type(session["totals"])["total"]
    assert (order["userId"], order["checkoutSessionId"]) == (f"client-{agent.client.key_id}", session["id"])
    assert order["paymentToken"] == "sandbox_approve"
    # And the trail, the token and the sweeper's index know of it
    (entry,) = [each for each in till.all("audit-trail") if each["action"] == "order.placed"]
    assert (entry["by"], entry["owner"]) == (f"key:{agent.client.key_id}", order["userId"])
    assert till.one("payment-tokens", tokenId="vt_1")["usedFor"] == order["orderId"]
    assert order["openGroup"] == "open"
    # And the session's states are what its events make of it
    reader = DynamoSessionAudit(till.dynamodb, till.tables["checkout-sessions"])
    assert verified(session["id"], reader).fault is None


def test_a_repeat_is_given_the_very_bytes_of_the_first_answer(agent: Agent, till: Shop) -> None:
    session = ready(agent)
    till.grant(session, agent)
    first = agent.complete(session["id"], "vt_1", key="a-key")
    again = agent.complete(session["id"], "vt_1", key="a-key")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    assert len(till.all("orders")) == 1


def test_of_a_hundred_completions_at_once_one_places_an_order(
    agent: Agent, till: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = ready(agent)
    till.grant(session, agent)
    # Given a hundred requests, each with a key of its own, that all found the session open before one of them wrote
    all_read, one_by_one = Barrier(AT_ONCE, timeout=WITHIN_SECONDS), Lock()
    write, came = DynamoSessionStore.append_with, set[int]()

    def together(*written: Any) -> None:
        if get_ident() not in came:
            came.add(get_ident())
            all_read.wait()
        with one_by_one:  # as DynamoDB has it: transactions on the same items are serial
            write(*written)

    monkeypatch.setattr(DynamoSessionStore, "append_with", together)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        asked = [threads.submit(agent.complete, session["id"], "vt_1", key=f"key-{each}") for each in range(AT_ONCE)]
    answers = [each.result() for each in asked]
    # Then one made the order, and the others are told that the session is completed
    (order,) = till.all("orders")
    assert sorted(each.status for each in answers) == [200, *[409] * (AT_ONCE - 1)]
    (made,) = [each for each in answers if each.status == 200]
    assert till.queued == [order["orderId"]]
    # And told of this order, unless the hundred took longer than an agent waits: then it is still being completed
    told = (made.body["status"], made.body.get("order", {}).get("id"))
    assert told in {("completed", order["orderId"]), ("complete_in_progress", None)}


def test_nothing_is_written_where_the_token_was_used_for_another_order(agent: Agent, till: Shop) -> None:
    session = ready(agent)
    till.grant(session, agent, used_for="another-order")
    answer = agent.complete(session["id"], "vt_1")
    assert (answer.status, answer.body["messages"][0]["code"]) == (200, "conflict")
    assert till.all("orders") == []


def test_a_code_is_counted_with_the_order_and_given_back_with_its_decline(agent: Agent, till: Shop) -> None:
    code = discount("SPRING")
    DynamoDiscountBook(till.dynamodb, till.tables["discounts"]).add(code)
    session = ready(agent, "SPRING")
    assert session["discounts"]["applied"], session["discounts"]
    till.grant(session, agent)
    till.outcome = None
    agent.complete(session["id"], "vt_1")
    (order,) = till.all("orders")

    def used() -> list[int]:
        holders = (TERMS, client_holder(agent.client.key_id))
        return [till.one("discounts", code="SPRING", holder=holder).get("timesUsed", 0) for holder in holders]

    assert (used(), order["discount"]) == ([1, 1], by_type(session["totals"])["items_discount"])
    till.ends(order["orderId"], "PAYMENT_FAILED", "PAYMENT_DECLINED")
    assert till.tells(order["orderId"], order["userId"]) == {"batchItemFailures": []}
    assert used() == [0, 0]
    # And once only, however often the notice comes
    till.tells(order["orderId"], order["userId"])
    assert used() == [0, 0]
    read = agent.read(session["id"]).body
    assert (read["status"], read["messages"][-1]["code"]) == ("ready_for_payment", "payment_declined")


def test_an_order_that_takes_longer_is_followed_until_it_is_delivered(agent: Agent, till: Shop) -> None:
    session = ready(agent)
    till.grant(session, agent)
    till.outcome = None
    late = agent.complete(session["id"], "vt_1", key="a-key")
    assert (late.status, late.body["status"]) == (200, "complete_in_progress")
    (order,) = till.all("orders")
    # When it is confirmed
    till.ends(order["orderId"], "CONFIRMED")
    till.tells(order["orderId"], order["userId"])
    # Then the session has its order, and the repeat of the request says so
    assert agent.read(session["id"]).body["order"]["status"] == "confirmed"
    assert agent.complete(session["id"], "vt_1", key="a-key").body["status"] == "completed"
    assert len(till.all("orders")) == 1


def test_events_that_are_nobodys_here_are_let_go_and_those_that_are_none_stay_in_the_queue(till: Shop) -> None:
    assert till.tells("01JFR0ZEN00000000000000001", "customer-1") == {"batchItemFailures": []}
    assert till.tells("no-order", "client-1") == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}


def test_an_older_agent_completes_in_its_own_words(agent: Agent, till: Shop) -> None:
    session = ready(agent)
    till.grant(session, agent)
    older = Agent(agent.client, sent=50, headers={**agent.headers, "API-Version": "2025-09-29"})
    body = {"payment_data": {"token": "vt_1", "provider": "stripe"}}
    route = "POST /checkout_sessions/{checkoutSessionId}/complete"
    answer = older.post(complete_checkout_session.handler, route, body, session_id=session["id"], key=None)
    assert (answer.status, answer.body["status"]) == (200, "completed"), answer.body
    assert set(answer.body["order"]) == {"id", "checkout_session_id", "permalink_url"}


@published
def test_a_completed_session_is_one_by_the_published_schema(agent: Agent, till: Shop) -> None:
    session = ready(agent)
    till.grant(session, agent)
    answer = agent.complete(session["id"], "vt_1")
    assert faults(answer.body, "CheckoutSessionWithOrder", CURRENT) == []


def test_a_session_of_another_client_is_not_there(agent: Agent, stranger: Agent, till: Shop) -> None:
    session = ready(agent)
    till.grant(session, stranger)
    assert stranger.complete(session["id"], "vt_1").status == 404
    assert till.all("orders") == []


def test_a_vault_that_did_not_answer_is_a_503_that_is_not_kept_and_the_repeat_pays(agent: Agent, till: Shop) -> None:
    session = ready(agent)
    till.grant(session, agent, stumbles=True)
    failed = agent.complete(session["id"], "vt_1", key="a-key")
    assert (failed.status, failed.body["type"], failed.code) == (
        503, "service_unavailable", "payment_vault_unavailable",
    )  # fmt: skip
    assert till.all("orders") == []
    again = agent.complete(session["id"], "vt_1", key="a-key")
    assert (again.status, again.body["status"]) == (200, "completed")
    assert "Idempotent-Replayed" not in again.headers
