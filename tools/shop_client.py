"""The shop as a program outside sees it: plain HTTP with a token, every call with a deadline."""

import secrets
import time
import uuid
from typing import Any

import requests

from tools.terminal import ToolError

TIMEOUT_SECONDS = 30
_REPEATS = 60
_LONGEST_WAIT = 1.0  # seconds; Retry-After may say less
ADDRESS = {"street": "Unter den Linden 1", "city": "Berlin", "zipCode": "10117", "country": "DE"}


class Shop:
    """One customer's session at the API's base URL."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.http = requests.Session()
        # The shop on this machine must not be looked for through a proxy.
        self.http.trust_env = not self.url.startswith("http://localhost")

    def call(self, method: str, path: str, expected: int, **options: Any) -> Any:
        """Send one request and return the answer's JSON; another status than expected is an error that shows it."""
        try:
            answer = self.http.request(method, f"{self.url}{path}", timeout=TIMEOUT_SECONDS, **options)
        except requests.RequestException as error:
            raise ToolError(
                f"{method} {path} got no answer ({error.__class__.__name__}): is the stack up? `make up`"
            ) from None
        if answer.status_code != expected:
            raise ToolError(f"{method} {path} answered {answer.status_code} instead of {expected}: {answer.text[:500]}")
        return answer.json()

    def register(self) -> tuple[str, str]:
        """Register a new customer and return e-mail and password, both made up."""
        email, password = f"demo-{secrets.token_hex(6)}@example.com", f"Aa1!{secrets.token_urlsafe(18)}"
        body = {"email": email, "password": password, "firstName": "Demo", "lastName": "Customer"}
        self.call("POST", "/register", 201, json=body)
        return email, password

    def login(self, email: str, password: str) -> None:
        """Sign in; later calls carry the id token."""
        answer = self.call("POST", "/login", 200, json={"email": email, "password": password})
        self.http.headers["Authorization"] = f"Bearer {answer['idToken']}"

    def order(self, items: list[dict[str, Any]]) -> Any:
        return self.call("POST", "/orders", 202, json={"items": items, "shippingAddress": ADDRESS})

    def order_for_sure(self, items: list[dict[str, Any]], **more: Any) -> str:
        """Place an order as the contract tells clients to, and return its id.

        With an Idempotency-Key, so that whatever left its fate open is sent again: no answer, 5xx, a key in use.
        """
        body = {"items": items, "shippingAddress": ADDRESS, **more}
        key, said = uuid.uuid4().hex, ""
        for _ in range(_REPEATS):
            try:
                answer = self.http.post(
                    f"{self.url}/orders", json=body, headers={"Idempotency-Key": key}, timeout=TIMEOUT_SECONDS
                )
            except requests.RequestException as error:
                said = type(error).__name__
                continue
            if answer.status_code == requests.codes.accepted:
                return str(answer.json()["orderId"])
            said = f"{answer.status_code} {answer.text[:200]}"
            if answer.status_code < requests.codes.server_error and answer.status_code != requests.codes.conflict:
                break
            time.sleep(min(_LONGEST_WAIT, float(answer.headers.get("Retry-After", 0.2))))
        raise ToolError(f"An order was never accepted; the last answer: {said}")
