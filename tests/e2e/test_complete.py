"""Shopping agents pay at the running system: a session becomes an order of the shop, once, and follows it."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import requests

from tests.e2e.agent import SESSIONS, WITHIN_SECONDS, Agent
from tests.e2e.shop import SHAPE_AT_THE_GATEWAY, UNKNOWN_OUTCOMES, Shop
from tests.support.acp import CURRENT, faults
from tests.support.acp import published as needs_the_schemas
from tests.support.checkout import by_type
from tests.support.vault import CHALLENGED, DECLINED

# As many authorizers and as many functions have to start, each of them a process, on whatever machine this is. A
# hundred meet at the tables: tests/integration/checkout/test_completing.py.
AT_ONCE = 25
ALL_WITHIN_SECONDS = 240


def test_an_agent_buys_and_its_session_follows_the_order_until_it_is_delivered(agent: Agent, admin: Shop) -> None:
    # When a session is paid
    session = agent.ready()
    agent.complete(session, agent.delegated(session))
    done = agent.seen(session, "completed")
    # Then the shop has an order of exactly that total
    order_id = done["order"]["id"]
    order = admin.finished(order_id)
    assert (order["status"], order["checkoutSessionId"]) == ("CONFIRMED", session["id"])
    assert order["total"] == by_type(session["totals"])["total"]
    # And what happens to it shows in the session
    admin.insist(f"/orders/{order_id}/shipments", {"carrier": "DHL", "trackingNumber": "T-1"}, uuid4().hex)
    shipped = agent.seen(session, "shipped")["order"]
    assert shipped["fulfillments"][0]["tracking_number"] == "T-1"
    shipment = shipped["fulfillments"][0]["id"]
    admin.insist(f"/orders/{order_id}/deliveries", {"shipmentId": shipment}, uuid4().hex)
    deadline = time.monotonic() + WITHIN_SECONDS
    while agent.ask("GET", f"{SESSIONS}/{session['id']}").json()["order"]["status"] != "completed":
        assert time.monotonic() < deadline, f"the session does not show the delivery after {WITHIN_SECONDS} s"
        time.sleep(0.2)


def test_many_completions_at_once_make_one_order_and_one_charge(agent: Agent, admin: Shop) -> None:
    session = agent.ready()
    token_id = agent.delegated(session)

    def insist(_: int) -> requests.Response:
        """Complete with a key of its own until the shop itself has answered.

        The emulator answers for functions that did not come up in time. What leaves the fate open is sent again after a
        while, as the contract tells agents to.
        """
        key, deadline, said = uuid4().hex, time.monotonic() + ALL_WITHIN_SECONDS, ""
        while time.monotonic() < deadline:
            try:
                answer = agent.complete(session, token_id, key=key)
            except requests.RequestException as error:
                said = repr(error)
            else:
                is_the_gateways = answer.status_code == 500 and set(answer.json()) == SHAPE_AT_THE_GATEWAY
                if answer.status_code not in UNKNOWN_OUTCOMES and not is_the_gateways:
                    return answer
                said = answer.text
            time.sleep(random.uniform(1, 5))
        raise AssertionError(said)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(insist, range(AT_ONCE)))
    done = agent.seen(session, "completed")
    # Then all that were answered 200 name one order, and the others were refused in the protocol's words
    told = [each.json() for each in answers if each.status_code == 200]
    assert {each["order"]["id"] for each in told if "order" in each} <= {done["order"]["id"]}
    refused = {(each.status_code, each.json()["code"]) for each in answers if each.status_code != 200}
    assert {status for status, _ in refused} == {409}, refused
    # And of all the agent's orders there is this one, charged by its first attempt
    listed = admin.get(f"/orders?userId=client-{agent.key_id}").json()["items"]
    assert [each["orderId"] for each in listed] == [done["order"]["id"]]
    payment = admin.get(f"/payments/pay_{done['order']['id']}").json()
    assert (payment["status"], payment["amount"]) == ("CAPTURED", by_type(session["totals"])["total"])


def test_a_declined_card_leaves_the_session_to_be_paid_with_another(agent: Agent) -> None:
    session = agent.ready()
    agent.complete(session, agent.delegated(session, DECLINED))
    declined = agent.seen(session, "ready_for_payment")
    assert [message["code"] for message in declined["messages"]] == ["payment_declined"]
    assert "order" not in declined
    agent.complete(session, agent.delegated(session))
    assert "order" in agent.seen(session, "completed")


def test_a_card_with_three_d_secure_is_charged_after_it_only(agent: Agent) -> None:
    session = agent.ready()
    token_id = agent.delegated(session, CHALLENGED)
    asked = agent.complete(session, token_id).json()
    assert asked["status"] == "authentication_required"
    assert asked["authentication_metadata"]["directory_server"] == "visa"
    details = {
        "three_ds_cryptogram": "AbCdEfGhIjKlMnOpQrStUvWxY0=",
        "electronic_commerce_indicator": "05",
        "transaction_id": "dsTransId_1",
        "version": "2.2.0",
    }
    passed = {"outcome": "authenticated", "outcome_details": details}
    agent.complete(session, token_id, authentication_result=passed)
    assert "order" in agent.seen(session, "completed")


def test_a_repeat_gets_the_very_bytes_of_the_first_answer(agent: Agent) -> None:
    session = agent.ready()
    token_id, key = agent.delegated(session), uuid4().hex
    agent.complete(session, token_id, key=key)
    agent.seen(session, "completed")
    first, second = (agent.complete(session, token_id, key=key) for _ in range(2))
    assert (second.content, second.headers["Idempotent-Replayed"]) == (first.content, "true")


@needs_the_schemas
def test_a_completed_session_is_one_by_the_published_schema(agent: Agent) -> None:
    session = agent.ready()
    agent.complete(session, agent.delegated(session))
    assert faults(agent.seen(session, "completed"), "CheckoutSessionWithOrder", CURRENT) == []
