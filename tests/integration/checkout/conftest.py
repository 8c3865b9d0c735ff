"""A shop with a mug and two agents; the tables that Terraform declares, on moto."""

from functools import partial
from typing import Any

import pytest

import handlers.agents as door
from handlers.agents.operations import completing
from handlers.catalog import create_product
from handlers.checkout import (
    cancel_checkout_session,
    complete_checkout_session,
    create_checkout_session,
    expire_checkout_sessions,
    follow_orders,
    get_checkout_session,
    serve_checkout_tools,
    update_checkout_session,
)
from orderflow.checkout import completing as core
from orderflow.orders.order_queue import SqsOrderQueue
from tests.support.checkout import Agent, keep, key
from tests.support.frozen import FrozenClock
from tests.support.gateway import CONTEXT, as_admin
from tests.support.till import Shop

MUG = {"productId": "MUG-01", "name": "Blue mug", "category": "kitchen", "price": 1250, "stock": 40}
TEAPOT = {"productId": "POT-01", "name": "Teapot", "category": "kitchen", "price": 4900, "stock": 1}


@pytest.fixture
def shop(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Put two products on sale, in euros."""
    for name, value in {
        "PRODUCT_IMAGES_BUCKET": "orderflow-test-images",
        "CURRENCY": "EUR",
        "MERCHANT_ID": "orderflow-test",
        "CHECKOUT_MODE": "standard",
        "CHECKOUT_SESSION_SECONDS": "3600",
        "PAYMENT_PROVIDER": "sandbox",
        "PRICE_TABLES": "default",
        "SHOP_URL": "https://shop.example.com",
    }.items():
        monkeypatch.setenv(name, value)
    for product in (MUG, TEAPOT):
        assert as_admin(create_product.handler, body=product).status == 201


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FrozenClock:
    """Give the time that every function of the checkout reads."""
    stopped = FrozenClock()
    for module in (
        door, create_checkout_session, update_checkout_session, cancel_checkout_session, get_checkout_session,
        complete_checkout_session, completing, follow_orders, serve_checkout_tools,
    ):  # fmt: skip
        monkeypatch.setattr(module, "utc_now", stopped)
    return stopped


@pytest.fixture
def agent(dynamodb: Any, tables: dict[str, str], shop: None, clock: FrozenClock) -> Agent:
    """Give an agent with both scopes."""
    return Agent(keep(dynamodb, tables, key("01JFR0ZEN0000000000000000A")))


@pytest.fixture
def stranger(dynamodb: Any, tables: dict[str, str], shop: None, clock: FrozenClock) -> Agent:
    """Give another agent."""
    return Agent(keep(dynamodb, tables, key("01JFR0ZEN0000000000000000B")))


@pytest.fixture
def till(
    dynamodb: Any, tables: dict[str, str], shop: None, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> Shop:
    """Give what stands behind a payment; an order ends the moment that it is queued."""
    made = Shop(dynamodb, tables)
    monkeypatch.setenv("ORDER_QUEUE_URL", "the order queue")
    monkeypatch.setattr(SqsOrderQueue, "send", lambda _queue, *args: made.send(*args))
    # Only sleeping takes time.
    waiting = partial(core.Completer, monotonic=lambda: clock().timestamp(), sleep=clock.sleep)
    monkeypatch.setattr(core, "Completer", waiting)
    return made


@pytest.fixture
def expire(clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a run of the schedule."""
    monkeypatch.setattr(expire_checkout_sessions, "utc_now", clock)
    monkeypatch.setattr(CONTEXT, "get_remaining_time_in_millis", lambda: 60_000)
    return lambda: expire_checkout_sessions.handler({}, CONTEXT)
