"""Request bodies and how to read answers, in the words of each version."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from acp_conformance.profile import Address, Buyer, Item, Payment
from acp_conformance.requirement import V2025, V2026, NonconformityError

Json = dict[str, Any]


def amounts(totals: Iterable[Mapping[str, Any]], kind: str) -> int | None:
    """Add up the entries of one type in a list of totals, None where there is none."""
    found = [entry.get("amount") for entry in totals if entry.get("type") == kind]
    if any(isinstance(amount, bool) or not isinstance(amount, int) for amount in found):
        raise NonconformityError(f"A total of type {kind} is no integer: {found}")
    return sum(amount for amount in found if amount is not None) if found else None


class Dialect(ABC):
    """One version of the protocol."""

    version: str
    # Whether a create may carry metadata and discounts, whose members a merchant cannot refuse.
    has_extensions: bool

    @abstractmethod
    def create(self, items: Sequence[Item], currency: str, buyer: Buyer | None, address: Address | None) -> Json: ...

    @abstractmethod
    def items(self, items: Sequence[Item]) -> Json:
        """Return an update that replaces the items."""

    @abstractmethod
    def option(self, session: Json, option_id: str) -> Json:
        """Return an update that chooses a fulfilment option for everything in the session."""

    @abstractmethod
    def complete(self, buyer: Buyer, payment: Payment, token: str, session: Json) -> Json: ...

    @abstractmethod
    def chosen(self, session: Json) -> list[str]:
        """Return the ids of the fulfilment options chosen."""

    @abstractmethod
    def option_amounts(self, option: Json) -> tuple[int, int]:
        """Return what an option costs before tax, and with it; equal where it tells one figure."""

    @abstractmethod
    def line(self, line: Json) -> dict[str, int]:
        """Return the figures that a line tells, under the names of totals (items_base_amount, …), and its quantity."""

    def option_ids(self, session: Json) -> list[str]:
        return [str(option.get("id")) for option in session.get("fulfillment_options", [])]

    def option_named(self, session: Json, option_id: str) -> Json:
        for option in session.get("fulfillment_options", []):
            if option.get("id") == option_id:
                return dict(option)
        raise NonconformityError(
            f"The option chosen, {option_id!r}, is none of fulfillment_options {self.option_ids(session)}."
        )


class Newer(Dialect):
    """2026-04-17."""

    version = V2026
    has_extensions = True

    def _lines(self, items: Sequence[Item]) -> list[Json]:
        # `Item` has no quantity in the published schema: it is sent where it is not 1, and only there.
        return [{"id": item.id} | ({"quantity": item.quantity} if item.quantity != 1 else {}) for item in items]

    def create(self, items: Sequence[Item], currency: str, buyer: Buyer | None, address: Address | None) -> Json:
        body: Json = {"line_items": self._lines(items), "currency": currency, "capabilities": {}}
        if buyer:
            body["buyer"] = asdict(buyer)
        if address:
            body["fulfillment_details"] = {"name": address.name, "address": asdict(address)}
        return body

    def items(self, items: Sequence[Item]) -> Json:
        return {"line_items": self._lines(items)}

    def option(self, session: Json, option_id: str) -> Json:
        kind = self.option_named(session, option_id).get("type", "shipping")
        ids = [line["item"]["id"] for line in session["line_items"]]
        return {"selected_fulfillment_options": [{"type": kind, "option_id": option_id, "item_ids": ids}]}

    def complete(self, buyer: Buyer, payment: Payment, token: str, session: Json) -> Json:
        handlers = session.get("capabilities", {}).get("payment", {}).get("handlers", [])
        handler = payment.handler_id or (handlers[0].get("id", "") if handlers else "") or "card_tokenized"
        credential = {"type": "spt", "token": token}
        return {
            "buyer": asdict(buyer),
            "payment_data": {"handler_id": handler, "instrument": {"type": "card", "credential": credential}},
        }

    def chosen(self, session: Json) -> list[str]:
        return [str(choice.get("option_id")) for choice in session.get("selected_fulfillment_options", [])]

    def option_amounts(self, option: Json) -> tuple[int, int]:
        totals = option.get("totals", [])
        total, net, subtotal = (amounts(totals, kind) for kind in ("total", "fulfillment", "subtotal"))
        before = next((figure for figure in (net, subtotal, total) if figure is not None), 0)
        return before, total if total is not None else before + (amounts(totals, "tax") or 0)

    def line(self, line: Json) -> dict[str, int]:
        kinds = ("items_base_amount", "items_discount", "subtotal", "discount", "tax", "total")
        told = {kind: amounts(line["totals"], kind) for kind in kinds}
        return {kind: amount for kind, amount in told.items() if amount is not None} | {"quantity": line["quantity"]}


class Older(Dialect):
    """2025-09-29."""

    version = V2025
    has_extensions = False

    def _lines(self, items: Sequence[Item]) -> list[Json]:
        return [asdict(item) for item in items]

    def create(self, items: Sequence[Item], currency: str, buyer: Buyer | None, address: Address | None) -> Json:
        del currency  # this version has no word for it
        body: Json = {"items": self._lines(items)}
        if buyer:
            body["buyer"] = asdict(buyer)
        if address:
            body["fulfillment_address"] = asdict(address)
        return body

    def items(self, items: Sequence[Item]) -> Json:
        return {"items": self._lines(items)}

    def option(self, session: Json, option_id: str) -> Json:
        self.option_named(session, option_id)
        return {"fulfillment_option_id": option_id}

    def complete(self, buyer: Buyer, payment: Payment, token: str, session: Json) -> Json:
        del session
        return {"buyer": asdict(buyer), "payment_data": {"token": token, "provider": payment.provider}}

    def chosen(self, session: Json) -> list[str]:
        chosen = session.get("fulfillment_option_id")
        return [chosen] if chosen else []

    def option_amounts(self, option: Json) -> tuple[int, int]:
        return option["subtotal"], option["total"]

    def line(self, line: Json) -> dict[str, int]:
        names = {"items_base_amount": "base_amount", "items_discount": "discount"}
        told = {
            kind: line[names.get(kind, kind)]
            for kind in ("items_base_amount", "items_discount", "subtotal", "tax", "total")
        }
        return told | {"quantity": line["item"]["quantity"]}


DIALECTS: dict[str, Dialect] = {V2026: Newer(), V2025: Older()}
