"""The merchant's side of an order: what agents buy is shipped, which they cannot cause and are to be told of."""

import contextlib
import secrets
import threading
from collections.abc import Iterable, Iterator

import requests

from tools.shop_client import Shop
from tools.terminal import ToolError

_PAUSE_SECONDS = 0.5


@contextlib.contextmanager
def at_work(shop: Shop, client_ids: Iterable[str]) -> Iterator[None]:
    """Ship every confirmed order of these clients for a while, whole; `shop` is an administrator's."""
    done = threading.Event()
    owners = [f"client-{client_id}" for client_id in client_ids]

    def ship_all() -> None:
        while not done.wait(_PAUSE_SECONDS):
            for owner in owners:
                # What does not work out now is looked at again.
                with contextlib.suppress(ToolError, requests.RequestException):
                    _ship(shop, owner)

    thread = threading.Thread(target=ship_all, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _ship(shop: Shop, owner: str) -> None:
    page = shop.call("GET", "/orders", 200, params={"userId": owner, "status": "CONFIRMED"})
    for order in page["items"]:
        headers = {"Idempotency-Key": secrets.token_hex(16)}
        shop.call("POST", f"/orders/{order['orderId']}/shipments", 200, json={"carrier": "DHL"}, headers=headers)
