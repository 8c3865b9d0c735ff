"""The published schemas and examples hold for what goes through the door, in both directions."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.checkout.dialects import down
from orderflow.checkout.dialects.version import Mode
from orderflow.contract import SchemaError
from tests.support.acp import CURRENT, OLDER, definitions, faults, published, request_examples, sample
from tests.support.checkout_echo import echoed
from tests.support.dialects import Speaker, speaker

pytestmark = published

REQUESTS = {
    "createCheckoutSession": ("create", "CheckoutSessionCreateRequest"),
    "updateCheckoutSession": ("update", "CheckoutSessionUpdateRequest"),
    "completeCheckoutSession": ("complete", "CheckoutSessionCompleteRequest"),
    "cancelCheckoutSession": ("cancel", "CancelSessionRequest"),
}


def speaking(version: str, mode: Mode = Mode.STANDARD) -> Speaker:
    return speaker(version, mode, default_currency="usd")


def as_published(body: dict[str, Any]) -> dict[str, Any]:
    """Return a request of the core without the quantities that the published Item has no place for."""
    shown = copy.deepcopy(body)
    for item in shown.get("line_items", ()):
        item.pop("quantity", None)
    return shown


def test_every_valid_example_is_accepted_and_goes_up_to_a_valid_request() -> None:
    seen = []
    for version in (OLDER, CURRENT):
        for operation, name, body in request_examples(version):
            call, definition = REQUESTS[operation]
            if faults(body, definition, version):
                continue
            asked = getattr(speaking(version), call)(body)
            assert faults(as_published(asked.body), definition, CURRENT) == [], (version, operation, name)
            seen.append((version, name))
    assert {(OLDER, "minimal"), (OLDER, "with_address"), (OLDER, "set_fulfillment_option")} <= set(seen)


def test_every_example_that_fails_its_own_schema_is_accepted_where_the_mode_is_lenient() -> None:
    # Defect 3: all six examples inside the OpenAPI of 2026-04-17.
    failing = [each for each in request_examples(CURRENT) if faults(each[2], REQUESTS[each[0]][1], CURRENT)]
    assert len(failing) == 6
    for operation, name, body in failing:
        call, definition = REQUESTS[operation]
        asked = getattr(speaking(CURRENT, Mode.LENIENT), call)(body)
        assert faults(as_published(asked.body), definition, CURRENT) == [], name
        with pytest.raises(SchemaError):
            getattr(speaking(CURRENT), call)(body)


@pytest.mark.parametrize("version", [OLDER, CURRENT])
@pytest.mark.parametrize("operation", REQUESTS)
@pytest.mark.parametrize("variant", [0, 1])
def test_a_request_with_everything_that_the_schema_has_is_accepted(version: str, operation: str, variant: int) -> None:
    call, definition = REQUESTS[operation]
    if definition not in definitions(version):
        assert (version, call) == (OLDER, "cancel")
        return
    body = sample(definition, version, variant=variant)
    assert faults(body, definition, version) == []
    asked = getattr(speaking(version, Mode.STRICT), call)(body)
    assert faults(as_published(asked.body), definition, CURRENT) == []


@pytest.mark.parametrize("version", [OLDER, CURRENT])
@pytest.mark.parametrize("operation", list(REQUESTS)[:3])
def test_a_request_that_lacks_what_the_schema_requires_is_refused(version: str, operation: str) -> None:
    call, definition = REQUESTS[operation]
    refused, whole = 0, sample(definition, version)
    # An agent's own payment handlers are never read: they are objects, and no more is asked of them.
    whole.get("capabilities", {}).pop("payment", None)
    for body in _with_a_gap(whole):
        if faults(body, definition, version):
            refused += 1
            with pytest.raises(SchemaError):
                getattr(speaking(version), call)(body)
    assert refused >= 5


def _with_a_gap(value: Any) -> Iterator[Any]:
    """Yield the value once without each of its keys, and once with each of its leaves as a list of nothing."""
    for key in value if isinstance(value, dict) else range(len(value)):
        rest = copy.copy(value)
        inner = rest.pop(key)
        if isinstance(value, dict):
            yield rest
        if isinstance(inner, dict | list) and inner:
            for changed in _with_a_gap(inner):
                whole = copy.copy(value)
                whole[key] = changed
                yield whole
        elif not isinstance(inner, list):
            whole = copy.copy(value)
            whole[key] = []
            yield whole


words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
emails = st.sampled_from(["jo@shop.example", "a.b@c.example"])
amounts = st.integers(0, 10**9)


def objects(required: dict[str, Any], optional: dict[str, Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional or {})


addresses = objects(
    dict.fromkeys(("name", "line_one", "city", "state", "country", "postal_code"), words), {"line_two": words}
)
buyers = objects({"first_name": words, "last_name": words, "email": emails}, {"phone_number": words})
items = st.lists(objects({"id": words, "quantity": st.integers(1, 999)}), min_size=1, max_size=4)
older_creates = objects({"items": items}, {"buyer": buyers, "fulfillment_address": addresses})
older_updates = objects(
    {}, {"items": items, "buyer": buyers, "fulfillment_address": addresses, "fulfillment_option_id": words}
)


@given(older_creates, older_updates)
def test_what_an_older_agent_says_it_reads_again(create: dict[str, Any], update: dict[str, Any]) -> None:
    # Given a shop that remembers what it was asked, in the words of 2026-04-17
    older = speaking(OLDER)
    session = echoed(older.create(create).body, older.update(update).body)
    assert faults(session, "CheckoutSession", CURRENT) == []
    # When
    told = older.session(session)
    # Then
    said = {**create, **update}
    assert faults(told, "CheckoutSession", OLDER) == []
    assert [line["item"] for line in told["line_items"]] == said.pop("items")
    assert said.items() <= told.items()
    for line in told["line_items"]:
        assert line["base_amount"] - line["discount"] == line["subtotal"]
        assert line["subtotal"] + line["tax"] == line["total"]


TOTAL_TYPES = (
    "items_base_amount", "items_discount", "subtotal", "discount", "fulfillment", "tax", "fee", "gift_wrap", "tip",
    "store_credit", "total", "amount_refunded",
)  # fmt: skip
totals = st.lists(
    objects(
        {"type": st.sampled_from(TOTAL_TYPES), "display_text": words, "amount": amounts},
        {"description": words, "presentment_amount": amounts},
    ),
    max_size=12,
)


@given(totals)
def test_totals_that_add_up_add_up_for_an_older_agent(given_totals: list[dict[str, Any]]) -> None:
    adding = {"subtotal", "fulfillment", "tax", "fee", "gift_wrap", "tip"}
    taking = {"discount", "store_credit"}

    def balance(shown: list[dict[str, Any]]) -> int:
        plus = sum(each["amount"] for each in shown if each["type"] in adding)
        return plus - sum(each["amount"] for each in shown if each["type"] in taking)

    session = {**sample("CheckoutSession"), "totals": given_totals}
    told = down.session(session)["totals"]
    assert balance(told) == balance(given_totals)
    assert [fault for each in told for fault in faults(each, "Total", OLDER)] == []
    assert len({each["type"] for each in told}) == len(told)


@pytest.mark.parametrize("variant", range(22))
def test_every_session_goes_down_to_a_valid_one(variant: int) -> None:
    session = sample("CheckoutSession", variant=variant)
    assert faults(session, "CheckoutSession", CURRENT) == []
    without = {
        key: value for key, value in session.items() if key in definitions(CURRENT)["CheckoutSessionBase"]["required"]
    }
    assert faults(down.session(session), "CheckoutSessionWithOrder", OLDER) == []
    assert faults(down.session(without), "CheckoutSession", OLDER) == []


@pytest.mark.parametrize(
    "name", ["FulfillmentOptionDigital", "FulfillmentOptionPickup", "FulfillmentOptionLocalDelivery"]
)
def test_an_option_of_another_kind_is_offered_where_the_older_version_has_it(name: str) -> None:
    option = sample(name)
    chosen = [{"type": option["type"], "option_id": option["id"], "item_ids": []}]
    session = {**sample("CheckoutSession"), "fulfillment_options": [option], "selected_fulfillment_options": chosen}
    told = down.session(session)
    assert faults(told, "CheckoutSessionWithOrder", OLDER) == []
    offered = name == "FulfillmentOptionDigital"
    assert [each["id"] for each in told["fulfillment_options"]] == ([option["id"]] if offered else [])
    assert ("fulfillment_option_id" in told) is offered


@pytest.mark.parametrize("kind", ["MessageInfo", "MessageWarning", "MessageError"])
@pytest.mark.parametrize("variant", range(21))
def test_every_message_goes_down_with_its_words(kind: str, variant: int) -> None:
    message = sample(kind, variant=variant)
    told = down.session({**sample("CheckoutSession"), "messages": [message]})
    assert faults(told, "CheckoutSessionWithOrder", OLDER) == []
    assert [each["content"] for each in told["messages"]] == [message["content"]]
    assert told["messages"][0]["type"] == {"warning": "info"}.get(message["type"], message["type"])
