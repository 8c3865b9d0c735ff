"""Webhook endpoints as DynamoDB records: each under its id, and the claim of a client to a URL under `url#<digest>`."""

import hashlib
from collections.abc import Mapping
from typing import Any

from orderflow.checkout.dialects.version import CURRENT
from orderflow.checkout.webhooks.endpoint import Endpoint, EndpointStatus, SealedSecret

LISTING = "endpoints"


def claim_id(client_id: str, url: str) -> str:
    """Return the id under which a client's URL is taken: an index key holds less than a URL may have."""
    return f"url#{hashlib.sha256(f'{client_id} {url}'.encode()).hexdigest()}"


def to_record(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "endpointId": endpoint.endpoint_id,
        "listing": LISTING,
        "clientId": endpoint.client_id,
        "url": endpoint.url,
        "description": endpoint.description,
        "apiVersion": endpoint.api_version,
        "status": endpoint.status.value,
        "statusReason": endpoint.status_reason,
        "secrets": [
            {"serial": s.serial, "sealed": s.sealed, **({"until": s.until} if s.until else {})}
            for s in endpoint.secrets
        ],
        "createdAt": endpoint.created_at,
        "updatedAt": endpoint.updated_at,
        "version": endpoint.version,
    }


def from_record(record: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        endpoint_id=record["endpointId"],
        client_id=record["clientId"],
        url=record["url"],
        secrets=tuple(SealedSecret(s["serial"], s["sealed"], s.get("until")) for s in record["secrets"]),
        created_at=record["createdAt"],
        updated_at=record["updatedAt"],
        description=record.get("description"),
        # One of before there was a choice got the newer version.
        api_version=record.get("apiVersion", CURRENT),
        status=EndpointStatus(record["status"]),
        status_reason=record.get("statusReason"),
        version=record["version"],
    )
