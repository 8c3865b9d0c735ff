"""A client of the shop that knows only HTTP, as a stranger would write it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests

ADDRESS = {"street": "456 Test Ave", "city": "CmdVille", "zipCode": "98765", "country": "DE"}
PASSWORD = "CmdP@$$wOrd123!"
# One set of answers serves all routes, and the checkout protocol wants a type in each error.
SHAPE_AT_THE_GATEWAY = {"type", "code", "message", "requestId"}
UNKNOWN_OUTCOMES = {502, 503, 504}
ENDS = {"CONFIRMED", "REJECTED", "PAYMENT_FAILED", "FAILED", "CANCELLED"}


def final(request: Callable[[], requests.Response], within_seconds: float = 90) -> requests.Response:
    """Send a request until its answer says what came of it."""
    deadline = time.monotonic() + within_seconds
    while True:
        answer = request()
        if answer.status_code not in UNKNOWN_OUTCOMES:
            return answer
        assert time.monotonic() < deadline, answer.text
        time.sleep(float(answer.headers.get("Retry-After", 0.5)))


@dataclass
class Shop:
    """The API at `url`, spoken to with one identity (`token`), or with none."""

    url: str
    token: str | None = field(default=None, repr=False)
    user_id: str | None = None
    access_token: str | None = field(default=None, repr=False)

    def call(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **kwargs: Any
    ) -> requests.Response:
        """Send one request; every call ends within 30 seconds."""
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", self.token)
        return requests.request(method, f"{self.url}{path}", headers=headers, timeout=30, **kwargs)

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return self.call("GET", path, **kwargs)

    def post(self, path: str, body: Any, **kwargs: Any) -> requests.Response:
        return self.call("POST", path, json=body, **kwargs)

    def insist(self, path: str, body: Any, key: str, within_seconds: float = 90) -> requests.Response:
        """POST with one Idempotency-Key until the answer is final: as a client does whose answer was lost or late."""
        return final(lambda: self.post(path, body, headers={"Idempotency-Key": key}), within_seconds)

    def cancel(self, order_id: str, within_seconds: float = 90) -> requests.Response:
        """DELETE the order until the answer is final: a cancellation may be repeated without a key."""
        return final(lambda: self.call("DELETE", f"/orders/{order_id}"), within_seconds)

    def signed_in(self, email: str, password: str = PASSWORD) -> "Shop":
        """Return the same shop with the identity of an existing account."""
        answer = Shop(self.url).post("/login", {"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        return Shop(self.url, tokens["idToken"], self.user_id, tokens["accessToken"])

    def new_customer(self) -> "Shop":
        """Register a fresh customer and return the shop with their identity."""
        email = f"customer-{uuid4().hex}@example.com"
        body = {"email": email, "password": PASSWORD, "firstName": "Test", "lastName": "Customer"}
        answer = Shop(self.url).post("/register", body)
        assert answer.status_code == 201, answer.text
        shop = self.signed_in(email)
        shop.user_id = answer.json()["userSub"]
        return shop

    def order(self, *lines: tuple[str, int], token: str | None = None, **kwargs: Any) -> requests.Response:
        """Place an order of (product, quantity) lines, with a payment token or the environment's default."""
        body: dict[str, Any] = {
            "items": [{"productId": product, "quantity": quantity} for product, quantity in lines],
            "shippingAddress": ADDRESS,
        }
        if token:
            body["paymentMethod"] = {"token": token}
        return self.post("/orders", body, **kwargs)

    def finished(self, order_id: str, within_seconds: float = 60) -> dict[str, Any]:
        """Return the order once it has reached an end; fails when it has not in time."""
        deadline = time.monotonic() + within_seconds
        while True:
            answer = self.get(f"/orders/{order_id}")
            assert answer.status_code == 200, answer.text
            order = answer.json()
            if order["status"] in ENDS:
                return order
            assert time.monotonic() < deadline, f"order {order_id} is still {order['status']} after {within_seconds} s"
            time.sleep(0.2)

    def stock_of(self, product_id: str) -> int:
        """Return how many pieces of a product are available."""
        answer = self.get(f"/products/{product_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()["available"]
