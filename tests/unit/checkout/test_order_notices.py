"""Of all order events, sessions follow those of orders that clients own."""

import json
from typing import Any

import pytest

from orderflow.checkout.order_notices import order_of_a_client
from orderflow.orders.errors import MalformedMessageError

ORDER = "01JFR0ZEN00000000000000001"
EVENT: dict[str, Any] = {
    "schema": "order-event/1", "orderId": ORDER, "userId": "client-01JFR0ZEN0000000000000000A",
}  # fmt: skip


def test_an_event_of_a_clients_order_names_the_order() -> None:
    assert order_of_a_client(json.dumps(EVENT)) == ORDER


def test_a_persons_order_has_no_session() -> None:
    assert order_of_a_client(json.dumps({**EVENT, "userId": "2f6c0f5e-7b1e-4f6c-9d3a-000000000001"})) is None


@pytest.mark.parametrize(
    "message",
    ["", "[]", "{}", "[" * 100_000, json.dumps({**EVENT, "schema": "x/1"}), json.dumps({**EVENT, "orderId": "../1"}),
     json.dumps({**EVENT, "userId": 1})],
)  # fmt: skip
def test_what_is_no_order_event_stays_in_the_queue(message: str) -> None:
    with pytest.raises(MalformedMessageError):
        order_of_a_client(message)
