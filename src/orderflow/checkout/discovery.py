"""What agents can find out about this checkout before they have a key. Source: DiscoveryResponse of 2026-04-17."""

from typing import Any

from orderflow.checkout.dialects.version import CURRENT, SUPPORTED


def discovery_json(api_base_url: str, currency: str) -> dict[str, Any]:
    """Return the document; agents append `/checkout_sessions` to `api_base_url`."""
    return {
        "protocol": {"name": "acp", "version": CURRENT, "supported_versions": sorted(SUPPORTED)},
        "api_base_url": api_base_url,
        "transports": ["rest"],
        "capabilities": {
            "services": ["checkout"],
            "extensions": [{"name": "discount"}],
            "supported_currencies": [currency.lower()],
        },
    }


def addressed(template: str, *, api_id: str, stage: str) -> str:
    """Return where the API is: its address with the parts that are known of a request only."""
    return template.replace("{apiId}", api_id).replace("{stage}", stage)
