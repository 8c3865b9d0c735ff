"""Webhook endpoints in the words of the contract: everything but their secrets."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from orderflow.checkout.webhooks.endpoint import Endpoint


def as_json(endpoint: Endpoint, at: datetime) -> dict[str, Any]:
    """Return the endpoint as the contract's schema `WebhookEndpoint`."""
    facts = {
        "endpointId": endpoint.endpoint_id,
        "clientId": endpoint.client_id,
        "url": endpoint.url,
        "description": endpoint.description,
        "apiVersion": endpoint.api_version,
        "status": endpoint.status.value,
        "statusReason": endpoint.status_reason,
        "createdAt": endpoint.created_at,
        "updatedAt": endpoint.updated_at,
        "overlapEndsAt": endpoint.overlap_ends_at(at),
        "version": endpoint.version,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def page_as_json(page: Iterable[Endpoint], token: str | None, at: datetime) -> dict[str, Any]:
    """Return one page as the contract's schema `WebhookEndpointPage`."""
    return {"items": [as_json(endpoint, at) for endpoint in page], **({"nextToken": token} if token else {})}
