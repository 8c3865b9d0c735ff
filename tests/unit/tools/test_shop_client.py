"""The benchmarks' client repeats what the contract says may be repeated, with one key, and nothing else."""

from typing import Any

import pytest
import requests

from tools import shop_client
from tools.shop_client import Shop
from tools.terminal import ToolError

LINES = [{"productId": "test_1", "quantity": 1}]


def answer(status: int, body: str = "{}") -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = body.encode()
    return made


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a client whose answers are said beforehand, and which remembers the keys that it sent."""
    client = Shop("http://localhost:1")
    client.said, client.keys = [], []

    def post(_url: str, *, headers: dict[str, str], **_more: Any) -> requests.Response:
        client.keys.append(headers["Idempotency-Key"])
        told = client.said.pop(0)
        if isinstance(told, Exception):
            raise told
        return told

    monkeypatch.setattr(client.http, "post", post)
    monkeypatch.setattr(shop_client.time, "sleep", lambda _seconds: None)
    return client


def test_an_order_whose_fate_is_open_is_sent_again_with_the_same_key(shop: Any) -> None:
    shop.said = [requests.ConnectionError(), answer(503), answer(409), answer(202, '{"orderId": "o1"}')]
    assert shop.order_for_sure(LINES) == "o1"
    assert (len(shop.keys), len(set(shop.keys))) == (4, 1)


def test_a_refused_order_is_not_sent_again_and_the_refusal_is_shown(shop: Any) -> None:
    shop.said = [answer(422, "OUT_OF_STOCK")]
    with pytest.raises(ToolError, match="422 OUT_OF_STOCK"):
        shop.order_for_sure(LINES)


def test_two_orders_have_two_keys(shop: Any) -> None:
    shop.said = [answer(202, '{"orderId": "o1"}'), answer(202, '{"orderId": "o2"}')]
    assert [shop.order_for_sure(LINES), shop.order_for_sure(LINES)] == ["o1", "o2"]
    assert len(set(shop.keys)) == 2
