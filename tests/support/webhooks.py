"""Webhook endpoints of the tests, and every port that they are behind, in memory."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orderflow.checkout.webhooks.endpoint import Endpoint, SealedSecret
from orderflow.checkout.webhooks.errors import EndpointUrlTakenError
from orderflow.checkout.webhooks.managing import Change
from orderflow.runtime.clock import iso
from tests.support.frozen import START

ENDPOINT_ID = "01JFR0ZEN00000000000000001"
CLIENT_ID = "01JFR0ZEN0000000000000000C"
URL = "https://agent.example.com/hooks"
SECRETS = [f"ofwh_{digits * 4}" for digits in ("0123456789abcdef", "fedcba9876543210", "00112233445566aa")]


def sealed(secret: str, endpoint_id: str = ENDPOINT_ID) -> str:
    """Return a secret as the tests' key service encrypts it."""
    return f"{endpoint_id}:{secret[::-1]}"


def opened(text: str, endpoint_id: str) -> str:
    """Return the secret behind `sealed`."""
    owner, _, secret = text.partition(":")
    assert owner == endpoint_id, "a secret opens for its endpoint only"
    return secret[::-1]


def endpoint(endpoint_id: str = ENDPOINT_ID, **facts: Any) -> Endpoint:
    """Return an endpoint with one secret, but for `facts`."""
    kept: dict[str, Any] = {
        "client_id": CLIENT_ID,
        "url": URL,
        "secrets": (SealedSecret(1, sealed(SECRETS[0], endpoint_id)),),
        "created_at": iso(START),
        "updated_at": iso(START),
    }
    return Endpoint(endpoint_id, **{**kept, **facts})


@dataclass
class InMemoryEndpoints:
    """Implements EndpointBook and EndpointPages; `trail` holds what was done to which endpoint."""

    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    trail: list[tuple[str, Change]] = field(default_factory=list)
    faster: list[Endpoint] = field(default_factory=list)  # what others write just before the next write

    def find(self, endpoint_id: str) -> Endpoint | None:
        return self.endpoints.get(endpoint_id)

    def of_client(self, client_id: str) -> list[Endpoint]:
        return [each for each in self.endpoints.values() if each.client_id == client_id]

    def page(self, limit: int, before: str | None) -> tuple[list[Endpoint], str | None]:
        ids = [each for each in sorted(self.endpoints, reverse=True) if before is None or each < before]
        return [self.endpoints[each] for each in ids[:limit]], ids[limit - 1] if len(ids) > limit else None

    def add(self, endpoint: Endpoint, at: datetime) -> None:
        self._claimed(endpoint)
        self.endpoints[endpoint.endpoint_id] = endpoint
        self.trail.append((endpoint.endpoint_id, Change.CREATED))

    def rewrite(self, before: Endpoint, after: Endpoint, change: Change, at: datetime) -> bool:
        if not self._is_still(before):
            return False
        self._claimed(after)
        self.endpoints[after.endpoint_id] = after
        self.trail.append((after.endpoint_id, change))
        return True

    def remove(self, endpoint: Endpoint, at: datetime) -> bool:
        if not self._is_still(endpoint):
            return False
        del self.endpoints[endpoint.endpoint_id]
        self.trail.append((endpoint.endpoint_id, Change.DELETED))
        return True

    def _is_still(self, endpoint: Endpoint) -> bool:
        if self.faster:
            self.endpoints[endpoint.endpoint_id] = self.faster.pop()
        return self.endpoints[endpoint.endpoint_id].version == endpoint.version

    def _claimed(self, endpoint: Endpoint) -> None:
        for other in self.of_client(endpoint.client_id):
            if other.url == endpoint.url and other.endpoint_id != endpoint.endpoint_id:
                raise EndpointUrlTakenError(other.endpoint_id)
