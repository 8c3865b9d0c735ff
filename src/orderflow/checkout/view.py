"""A session as the protocol shows it, version 2026-04-17. What an agent sent of itself comes back as it was sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orderflow.checkout.session import Line, Offer, Session, SessionStatus, Wire

_ECHOED = ("buyer", "locale", "timezone", "fulfillment_details", "fulfillment_groups", "metadata", "quote_id")
# What agents may leave to this shop when a payment needs the buyer: nothing, so far.
_INTERVENTIONS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shop:
    """What is the same in every session: where the shop's pages are, and how it is paid."""

    url: str
    payment_provider: str
    merchant_id: str


def session_json(session: Session, shop: Shop, now: datetime) -> dict[str, Any]:
    """Return the session as of now: CheckoutSession, or CheckoutSessionWithOrder once there is an order."""
    seen = session.seen_at(now)
    offer = seen.offer
    optional = {
        **{name: seen.asked[name] for name in _ECHOED if name in seen.asked},
        "discounts": offer.discounts,
        "order": seen.order,
        "authentication_metadata": (
            _authentication(shop) if seen.status is SessionStatus.AUTHENTICATION_REQUIRED else None
        ),
    }
    return {
        "id": seen.session_id,
        "protocol": {"version": "2026-04-17"},
        "capabilities": capabilities(shop),
        "status": seen.status.value,
        "currency": seen.currency.lower(),
        "line_items": [_line_item(line, offer) for line in offer.lines],
        "fulfillment_options": list(offer.options),
        "selected_fulfillment_options": _selected(offer),
        "totals": list(offer.totals),
        "messages": list(seen.messages),
        "links": links(shop),
        "created_at": seen.created_at,
        "updated_at": seen.updated_at,
        "expires_at": seen.expires_at,
        **{name: piece for name, piece in optional.items() if piece is not None},
    }


def capabilities(shop: Shop) -> dict[str, Any]:
    """Return what this shop can do in a checkout: one way to pay, and discount codes."""
    from orderflow.checkout.dialects.up import CARD_HANDLER

    handler = {
        "id": CARD_HANDLER,
        "name": "dev.acp.tokenized.card",
        "version": "2026-04-17",
        "spec": f"{_HANDLER}/spec",
        "requires_delegate_payment": True,
        "requires_pci_compliance": False,
        "psp": shop.payment_provider,
        "config_schema": f"{_HANDLER}/config.json",
        "instrument_schemas": [f"{_HANDLER}/instrument.json"],
        "config": {"merchant_id": shop.merchant_id, "psp": shop.payment_provider},
    }
    return {
        "payment": {"handlers": [handler]},
        "interventions": {"supported": list(_INTERVENTIONS)},
        "extensions": [{"name": "discount", "extends": ["$.CheckoutSession.discounts"]}],
    }


# Where the protocol's project documents its tokenized card.
_HANDLER = "https://agenticcommerce.dev/handlers/tokenized.card"


def links(shop: Shop) -> list[dict[str, str]]:
    """Return the shop's pages that a buyer must be able to read."""
    return [
        {"type": "terms_of_use", "title": "Terms of use", "url": f"{shop.url}/terms"},
        {"type": "privacy_policy", "title": "Privacy policy", "url": f"{shop.url}/privacy"},
        {"type": "return_policy", "title": "Returns", "url": f"{shop.url}/returns"},
    ]


def _authentication(shop: Shop) -> dict[str, Any]:
    """Return what an agent needs to have the buyer authenticated (3-D Secure).

    Only the vault's test card asks for it, a Visa: so the acquirer is that of the sandbox, which stands for none.
    """
    return {
        "acquirer_details": {
            "acquirer_bin": "000000",
            "acquirer_country": "US",
            "acquirer_merchant_id": shop.merchant_id[:35],
            "merchant_name": shop.merchant_id[:40],
        },
        "directory_server": "visa",
    }


def _line_item(line: Line, offer: Offer) -> dict[str, Any]:
    return {
        "id": line.line_id,
        "item": {"id": line.product_id, "name": line.name, "unit_amount": line.unit_price},
        "quantity": line.quantity,
        "name": line.name,
        "unit_amount": line.unit_price,
        "product_id": line.product_id,
        "availability_status": "in_stock" if line.available >= line.quantity else "out_of_stock",
        "available_quantity": line.available,
        "totals": list(offer.line_totals[line.line_id]),
    }


def _selected(offer: Offer) -> list[Wire]:
    if offer.selected is None:
        return []
    option = next(each for each in offer.options if each["id"] == offer.selected)
    return [{"type": option["type"], "option_id": option["id"], "item_ids": [line.line_id for line in offer.lines]}]
