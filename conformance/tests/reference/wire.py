"""What the reference merchant reads and writes, in the words of each version."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from reference.goods import CURRENCIES, OPTIONS, Session, errors, priced, status

V2025, V2026 = "2025-09-29", "2026-04-17"
Json = dict[str, Any]
METADATA = {
    "acquirer_details": {
        "acquirer_bin": "400000",
        "acquirer_country": "DE",
        "acquirer_merchant_id": "m_1",
        "merchant_name": "Reference",
    },
    "directory_server": "visa",
}


class RefusedError(Exception):
    """An error to answer with."""

    def __init__(
        self, status: int, code: str, message: str = "", param: str = "", kind: str = "invalid_request", **more: Any
    ) -> None:
        super().__init__(code)
        self.status = status
        self.headers: dict[str, str] = more.pop("headers", {})
        self.body: Json = {"type": kind, "code": code, "message": message or code} | more
        if param:
            self.body["param"] = param


def read_items(body: Json, version: str, required: bool) -> list[tuple[str, int]] | None:
    name = "line_items" if version == V2026 else "items"
    if name not in body and not required:
        return None
    entries = body.get(name)
    if not isinstance(entries, list) or (required and not entries):
        raise RefusedError(400, "invalid", f"{name} should be a list of items.", f"$.{name}")
    found = []
    for entry in entries:
        quantity = entry.get("quantity", 1) if isinstance(entry, dict) else None
        if not isinstance(quantity, int | float) or isinstance(quantity, bool) or quantity < 1:
            raise RefusedError(400, "invalid", f"{name} should have an id and a quantity.", f"$.{name}")
        found.append((str(entry["id"]), int(quantity)))
    return found


def read_into(session: Session, body: Json, version: str) -> None:
    """Take what a create or an update says of buyer, address, option and codes."""
    if "buyer" in body:
        buyer = body["buyer"]
        if not isinstance(buyer, dict) or not isinstance(buyer.get("email"), str):
            raise RefusedError(400, "invalid", "buyer.email should be a string.", "$.buyer.email")
        session.buyer = buyer
    if version == V2026:
        session.address = body.get("fulfillment_details", {}).get("address", session.address)
        chosen = [choice["option_id"] for choice in body.get("selected_fulfillment_options", [])]
        if "discounts" in body:
            session.codes = body["discounts"].get("codes", [])
    else:
        session.address = body.get("fulfillment_address", session.address)
        chosen = [body["fulfillment_option_id"]] if "fulfillment_option_id" in body else []
    if chosen and chosen[0] not in OPTIONS:
        raise RefusedError(400, "invalid", "No such option.", "$.selected_fulfillment_options")
    session.option = chosen[0] if chosen else session.option or ("standard" if session.address else "")


def read_currency(body: Json, version: str, modes: Collection[str]) -> str:
    asked = body.get("currency", "eur") if version == V2026 else "eur"
    if "currency_is_usd" in modes:
        return "usd"
    if asked not in CURRENCIES and "replaces_currencies" in modes:
        return "eur"
    if asked not in CURRENCIES:
        raise RefusedError(400, "unsupported_currency", f"{asked} is not taken.", "$.currency")
    return str(asked)


def read_token(body: Json, version: str, modes: Collection[str]) -> str:
    data = body.get("payment_data")
    if data is None and "pays_nothing" in modes:
        return "tok_good"
    try:
        return str(data["token"] if version == V2025 else data["instrument"]["credential"]["token"])  # type: ignore[index]  # what is no object raises TypeError, caught below
    except (KeyError, TypeError):
        raise RefusedError(400, "missing", "payment_data is needed.", "$.payment_data") from None


def instant(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def _totals(totals: dict[str, int]) -> list[Json]:
    return [{"type": kind, "display_text": kind, "amount": amount} for kind, amount in totals.items()]


def show(session: Session, version: str, now: float, modes: Collection[str]) -> Json:
    """Return a session as JSON."""
    lines, totals = priced(session, modes)
    told = [] if session.state in ("completed", "canceled") or "sells_anything" in modes else errors(session)
    shown: Json = {
        "id": session.id,
        "status": status(session, now, modes),
        "currency": session.currency,
        "totals": _totals(totals),
        "messages": told + session.messages,
        "links": [{"type": "terms_of_use", "url": "https://shop.example/terms"}],
    }
    if session.buyer:
        shown["buyer"] = session.buyer
    offered = OPTIONS if session.address else {}
    if version == V2025:
        # This version has no word for either.
        older = {"expired": "canceled", "authentication_required": "not_ready_for_payment"}
        shown["status"] = older.get(shown["status"], shown["status"])
        shown["line_items"] = [
            {
                "id": f"li_{number}",
                "item": {"id": line.item, "quantity": line.quantity},
                "base_amount": line.base,
                "discount": line.discount,
                "subtotal": line.subtotal,
                "tax": line.tax,
                "total": line.total,
            }
            for number, line in enumerate(lines, 1)
        ]
        shown["fulfillment_options"] = [
            {"type": "shipping", "id": option, "title": title, "subtotal": price, "tax": 0, "total": price}
            for option, (title, price) in offered.items()
        ]
        shown |= {"fulfillment_address": session.address} if session.address else {}
        shown |= {"fulfillment_option_id": session.option} if session.option else {}
        if session.order:
            shown["order"] = {name: session.order[name] for name in ("id", "checkout_session_id", "permalink_url")}
        return shown
    shown["capabilities"] = {"payment": {"handlers": []}}
    shown["protocol"] = {"version": version}
    if session.challenged:
        shown["authentication_metadata"] = METADATA
    shown["expires_at"] = instant(session.expires_at)
    shown["line_items"] = [
        {
            "id": f"li_{number}",
            "item": {"id": line.item},
            "quantity": line.quantity,
            "totals": _totals(
                {
                    "items_base_amount": line.base,
                    "items_discount": line.discount,
                    "subtotal": line.subtotal,
                    "tax": line.tax,
                    "total": line.total,
                }
            ),
        }
        for number, line in enumerate(lines, 1)
    ]
    shown["fulfillment_options"] = [
        {"type": "shipping", "id": option, "title": title, "totals": _totals({"fulfillment": price, "total": price})}
        for option, (title, price) in offered.items()
    ]
    if session.address:
        shown["fulfillment_details"] = {"address": session.address}
    if session.option:
        ids = [line.item for line in lines]
        shown["selected_fulfillment_options"] = [{"type": "shipping", "option_id": session.option, "item_ids": ids}]
    if session.codes is not None:
        amount = totals["items_discount"]
        applied = [
            {"id": f"di_{code}", "code": code, "coupon": {"id": code, "name": code}, "amount": amount}
            for code in session.codes
            if amount
        ]
        rejected = [{"code": code, "reason": "discount_code_invalid"} for code in session.codes if not amount]
        shown["discounts"] = {"codes": session.codes, "applied": applied, "rejected": rejected}
    if session.order:
        shown["order"] = session.order
    return shown


def event(kind: str, order: Json, version: str) -> Json:
    """Return an order event."""
    if version == V2025:
        names = ("type", "checkout_session_id", "permalink_url", "status")
        return {"type": kind, "data": {name: order[name] for name in names} | {"refunds": []}}
    return {"type": kind, "data": order}
