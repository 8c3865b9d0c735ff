"""The shop as a program outside sees it: plain HTTP with a token, every call with a deadline."""

import secrets
from typing import Any

import requests

from tools.terminal import ToolError

TIMEOUT_SECONDS = 30
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
