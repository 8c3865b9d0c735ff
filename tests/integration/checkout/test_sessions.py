"""Checkout sessions from API Gateway's events to the tables: what agents are answered, and what is kept."""

import json
import math
from typing import Any

import pytest

from handlers.catalog import delete_product, update_product
from handlers.checkout import create_checkout_session
from orderflow.checkout.events import Change, EventType
from orderflow.checkout.pricing.discount_book import DynamoDiscountBook
from orderflow.checkout.session_store import DynamoSessionReader, DynamoSessionStore
from orderflow.checkout.sessions import Ledger
from tests.support.acp import faults, published
from tests.support.checkout import ADDRESS, HEADERS, Agent, by_type, keep, key
from tests.support.frozen import CountingIds, FrozenClock
from tests.support.gateway import as_admin, call
from tests.support.quotes import discount


def codes(session: dict[str, Any]) -> list[str]:
    return [message["code"] for message in session["messages"] if message["type"] == "error"]


def ready(agent: Agent, *items: tuple[str, int]) -> dict[str, Any]:
    """Return a session that could be paid now."""
    session = agent.create(*(items or (("MUG-01", 2),)), fulfillment_details={"address": ADDRESS}).body
    option = session["fulfillment_options"][0]
    chosen = [{"type": "shipping", "option_id": option["id"], "item_ids": ["line_1"]}]
    answer = agent.update(session["id"], selected_fulfillment_options=chosen)
    assert answer.status == 200, answer.body
    assert answer.body["status"] == "ready_for_payment", answer.body["messages"]
    return answer.body


def test_a_session_is_priced_by_the_catalogue_and_says_what_is_missing(agent: Agent) -> None:
    answer = agent.create(("MUG-01", 2))

    assert answer.status == 201
    (line,) = answer.body["line_items"]
    assert (line["item"]["id"], line["quantity"], line["unit_amount"]) == ("MUG-01", 2, 1250)
    assert by_type(answer.body["totals"])["items_base_amount"] == 2500
    assert answer.body["status"] == "not_ready_for_payment"
    assert codes(answer.body) == ["missing"]
    assert answer.headers["Request-Id"] == "req-1"


def test_totals_hold_the_shipping_that_was_chosen_and_add_up(agent: Agent) -> None:
    session = ready(agent)

    totals = by_type(session["totals"])
    option = next(
        o for o in session["fulfillment_options"] if o["id"] == session["selected_fulfillment_options"][0]["option_id"]
    )
    assert totals["fulfillment"] == by_type(option["totals"])["total"] > 0
    assert (
        totals["total"]
        == totals["subtotal"] - totals["discount"] + totals["fulfillment"] + totals["tax"] + totals["fee"]
    )


def test_a_discount_code_of_the_shop_is_taken_off_and_shown_with_where_it_went(
    agent: Agent, dynamodb: Any, tables: dict[str, str]
) -> None:
    # Given a code for a tenth off
    DynamoDiscountBook(dynamodb, tables["discounts"]).add(discount("TENTH"))
    # When
    session = agent.create(("MUG-01", 2), discounts={"codes": ["tenth", "NOPE"]}).body
    # Then
    applied, rejected = session["discounts"]["applied"], session["discounts"]["rejected"]
    assert [(each["code"], each["amount"]) for each in applied] == [("TENTH", 250)]
    assert applied[0]["allocations"] == [{"path": "$.line_items[0]", "amount": 250}]
    assert [(each["code"], each["reason"]) for each in rejected] == [("NOPE", "discount_code_invalid")]
    assert (by_type(session["totals"])["items_discount"], by_type(session["totals"])["total"]) == (250, 2250)


@published
def test_every_session_is_valid_by_the_published_schema(agent: Agent) -> None:
    first = agent.create(("MUG-01", 2), buyer={"email": "jane@example.com"}, discounts={"codes": ["NOPE"]}).body
    canceled = agent.cancel(first["id"]).body

    for session in (first, canceled, ready(agent), agent.read(first["id"]).body):
        assert faults(session, "CheckoutSession", "2026-04-17") == []


def test_a_read_shows_what_the_last_change_answered(agent: Agent) -> None:
    session = ready(agent)

    answer = agent.read(session["id"])

    assert (answer.status, answer.body) == (200, session)


def test_more_than_there_is_is_a_message_and_no_error(agent: Agent) -> None:
    answer = agent.create(("POT-01", 2))

    assert answer.status == 201
    assert answer.body["line_items"][0]["availability_status"] == "out_of_stock"
    assert "out_of_stock" in codes(answer.body)
    (message,) = [m for m in answer.body["messages"] if m.get("code") == "out_of_stock"]
    assert message["param"] == "$.line_items[0]"


def test_two_lines_of_one_product_share_its_stock(agent: Agent) -> None:
    assert "out_of_stock" in codes(agent.create(("POT-01", 1), ("POT-01", 1)).body)


@pytest.mark.parametrize(
    ("pieces", "status", "code", "param"),
    [
        ({"line_items": [{"id": "NO-SUCH"}]}, 400, "product_not_sold", "$.line_items[0].id"),
        ({"currency": "usd"}, 400, "unsupported_currency", "$.currency"),
        ({"line_items": []}, 400, None, "$.line_items"),
        ({"line_items": [{"id": "MUG-01", "quantity": 0}]}, 400, None, "$.line_items[0].quantity"),
        ({"surprise": 1}, 400, None, "$.surprise"),
    ],
)
def test_a_request_that_makes_no_session_is_a_flat_error(
    agent: Agent, pieces: dict[str, Any], status: int, code: str | None, param: str
) -> None:
    answer = agent.create(("MUG-01", 1), **pieces)

    assert answer.status == status
    assert answer.body["type"] == "invalid_request"
    assert answer.body["param"] == param
    assert set(answer.body) == {"type", "code", "message", "param"}
    if code:
        assert answer.body["code"] == code


def test_a_withdrawn_product_keeps_the_session_and_is_named(agent: Agent) -> None:
    session = ready(agent)
    assert as_admin(delete_product.handler, path={"productId": "MUG-01"}).status == 204

    answer = agent.update(session["id"], buyer={"email": "jane@example.com"})

    assert answer.status == 200
    assert codes(answer.body) == ["not_found"]
    assert answer.body["status"] == "not_ready_for_payment"


def test_a_changed_price_counts_from_the_next_change_on(agent: Agent) -> None:
    session = ready(agent)
    changed = {"name": "Blue mug", "category": "kitchen", "price": 1300, "version": 1}
    assert as_admin(update_product.handler, path={"productId": "MUG-01"}, body=changed).status == 200

    answer = agent.update(session["id"], buyer={"email": "jane@example.com"})

    assert by_type(answer.body["totals"])["items_base_amount"] == 2600


def test_another_clients_session_is_nobodys(agent: Agent, stranger: Agent) -> None:
    session_id = agent.create(("MUG-01", 1)).body["id"]

    for answer in (stranger.read(session_id), stranger.update(session_id), stranger.cancel(session_id)):
        assert (answer.status, answer.code) == (404, "session_not_found")


def test_cancelling_twice_and_cancelling_what_expired_is_405(agent: Agent, clock: FrozenClock) -> None:
    first, second = agent.create(("MUG-01", 1)).body, agent.create(("MUG-01", 1)).body
    assert agent.cancel(first["id"]).body["status"] == "canceled"
    clock.advance(seconds=3600)

    for session in (first, second):
        answer = agent.cancel(session["id"])
        assert (answer.status, answer.code, answer.headers["Allow"]) == (405, "not_cancelable", "GET")


def test_a_session_is_expired_from_the_moment_on_that_it_is(agent: Agent, clock: FrozenClock) -> None:
    session_id = agent.create(("MUG-01", 1)).body["id"]
    clock.advance(seconds=3599)
    assert agent.read(session_id).body["status"] == "not_ready_for_payment"

    clock.advance(seconds=1)

    assert agent.read(session_id).body["status"] == "expired"
    assert (agent.update(session_id).status, agent.update(session_id).code) == (409, "session_closed")


def test_a_repeat_gets_the_first_answer_and_makes_no_second_session(
    agent: Agent, dynamodb: Any, tables: dict[str, str]
) -> None:
    first, second = agent.create(("MUG-01", 1), key="k"), agent.create(("MUG-01", 1), key="k")

    assert (second.status, second.body) == (first.status, first.body)
    assert (first.headers.get("Idempotent-Replayed"), second.headers["Idempotent-Replayed"]) == (None, "true")
    assert len(dynamodb.scan(TableName=tables["checkout-sessions"])["Items"]) == 1


def test_a_repeated_cancel_is_no_405(agent: Agent) -> None:
    session_id = agent.create(("MUG-01", 1)).body["id"]
    first, second = agent.cancel(session_id, key="k"), agent.cancel(session_id, key="k")

    assert (first.status, second.status, second.body) == (200, 200, first.body)


def test_a_key_with_another_body_is_422_and_a_post_without_one_is_400(agent: Agent) -> None:
    agent.create(("MUG-01", 1), key="k")

    assert (agent.create(("MUG-01", 2), key="k").status, agent.create(("MUG-01", 2), key="k").code) == (
        422,
        "idempotency_conflict",
    )
    body = {"currency": "eur", "capabilities": {}, "line_items": [{"id": "MUG-01"}]}
    answer = call(create_checkout_session.handler, client=agent.client, headers=HEADERS, body=body)
    assert (answer.status, answer.code) == (400, "idempotency_key_required")


def test_a_missing_version_is_refused_with_those_that_there_are(agent: Agent) -> None:
    agent.headers = {}

    answer = agent.create(("MUG-01", 1))

    assert (answer.status, answer.code) == (400, "missing_api_version")
    assert answer.body["supported_versions"] == ["2026-04-17", "2025-09-29"]


def test_a_key_without_the_scope_is_refused_in_the_protocols_words(
    dynamodb: Any, tables: dict[str, str], shop: None
) -> None:
    reader = Agent(keep(dynamodb, tables, key("01JFR0ZEN0000000000000000C", scopes=("checkout:read",))))

    answer = reader.create(("MUG-01", 1))

    assert (answer.status, answer.body["type"], answer.code) == (403, "invalid_request", "insufficient_scope")


def test_the_older_version_reads_the_same_session_in_its_own_words(agent: Agent) -> None:
    session = ready(agent)
    agent.headers = {**HEADERS, "API-Version": "2025-09-29"}

    answer = agent.read(session["id"])

    assert answer.body["line_items"][0]["base_amount"] == 2500
    assert isinstance(answer.body["totals"], list)


def test_the_older_gateways_request_works_where_the_checkout_is_lenient(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKOUT_MODE", "lenient")
    monkeypatch.setenv("CURRENCY", "EUR")
    from orderflow.checkout.lenient_client import LENIENT

    body = {"currency": "usd", "items": [{"id": "MUG-01", "quantity": 1}]}
    answer = call(create_checkout_session.handler, client=LENIENT, body=body, route="POST /checkout_sessions")

    assert (answer.status, answer.body["line_items"][0]["item"]["id"]) == (201, "MUG-01")
    assert answer.body["currency"] == "eur"
    assert "$.currency" in [message.get("param") for message in answer.body["messages"]]


def test_a_number_that_no_reader_knows_is_refused_and_no_crash(agent: Agent) -> None:
    route, body = (
        "POST /checkout_sessions",
        '{"currency":"eur","capabilities":{},"line_items":[{"id":"MUG-01"}],"metadata":{"n":1e99999}}',
    )
    answer = agent.post(create_checkout_session.handler, route, body, key=None)

    assert (answer.status, answer.code) == (400, "number_too_large")


def test_more_than_an_item_has_room_for_is_refused(agent: Agent) -> None:
    answer = agent.create(("MUG-01", 1), metadata={"n": "x" * 66_000})

    assert (answer.status, answer.body["type"], answer.code) == (413, "invalid_request", "request_too_large")


def test_a_read_costs_the_same_at_3_and_at_300_versions(
    agent: Agent, dynamodb: Any, tables: dict[str, str], clock: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    session_id = agent.create(("MUG-01", 1)).body["id"]
    store = DynamoSessionStore(dynamodb, tables["checkout-sessions"], idempotency=tables["idempotency"])
    desk = Ledger(store, clock, CountingIds(), by=agent.client.key_id, request_id="request-1")
    session, costs = desk.own(session_id), {}
    for version in range(2, 301):
        event, session = desk.next(session, EventType.UPDATED, Change(asked={"locale": "de"}, offer=session.offer))
        store.append(event, session)
        if version in (3, 300):
            costs[version] = units_of_a_read(dynamodb, tables["checkout-sessions"], session_id)
    with capsys.disabled():
        print(f"\nread units of GET /checkout_sessions/{{id}}: {costs[3]} at 3 versions, {costs[300]} at 300")  # noqa: T201 - the figure is the point
    assert costs[3] == costs[300]
    assert agent.read(session_id).body["locale"] == "de"


def units_of_a_read(dynamodb: Any, table: str, session_id: str) -> float:
    """Return what the newest version costs by DynamoDB's rule: a unit for each 4 KB read, all that was looked at."""
    sizes = []

    class Counting:
        def query(self, **request: Any) -> Any:
            answer = dynamodb.query(**request)
            sizes.append(sum(len(json.dumps(item)) for item in answer["Items"]))
            return answer

    assert DynamoSessionReader(Counting(), table).find(session_id)
    return math.ceil(sum(sizes) / 4096)
