"""What the reference merchant sells, and the arithmetic of a session."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

PRICES = {"shirt": 2500, "mug": 1200, "sold_out": 900, "short_lived": 700}
CURRENCIES = ("eur", "usd")
OPTIONS = {"standard": ("Standard", 500), "express": ("Express", 1500)}
CODE = "SAVE10"


@dataclass
class Session:
    """A checkout session as it is kept; how it is shown is `wire`'s."""

    id: str
    caller: str
    currency: str
    items: list[tuple[str, int]]
    expires_at: float
    buyer: dict[str, Any] | None = None
    address: dict[str, Any] | None = None
    option: str = ""
    codes: list[str] | None = None
    # open, completing, completed, canceled
    state: str = "open"
    order: dict[str, Any] | None = None
    failed_before: bool = False
    challenged: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    item: str
    quantity: int
    base: int
    discount: int
    tax: int

    @property
    def subtotal(self) -> int:
        return self.base - self.discount

    @property
    def total(self) -> int:
        return self.subtotal + self.tax


def priced(session: Session, modes: Collection[str]) -> tuple[list[Line], dict[str, int]]:
    """Return a session's lines and its totals by type, in the protocol's order."""
    cheaper = CODE in (session.codes or []) and "ignores_codes" not in modes
    lines = []
    for item, quantity in session.items:
        base = PRICES.get(item, 1) * (1 if "ignores_quantity" in modes else quantity)
        discount = base // 10 if cheaper else 0
        tax = (base - discount) // 10 if session.address else 0
        lines.append(Line(item, quantity, base, discount, tax))
    option = "standard" if session.option and "keeps_first_option" in modes else session.option
    shipping = OPTIONS[option][1] if option and "leaves_out_shipping" not in modes else 0
    totals = {
        "items_base_amount": sum(line.base for line in lines),
        "items_discount": sum(line.discount for line in lines),
        "subtotal": sum(line.subtotal for line in lines),
        "discount": 0,
        "fulfillment": shipping,
        "tax": sum(line.tax for line in lines),
        "fee": 0,
    }
    totals["total"] = totals["subtotal"] + shipping + totals["tax"]
    return lines, totals


def errors(session: Session) -> list[dict[str, Any]]:
    """Return the messages that keep a session from being paid."""
    told = []
    for index, (item, _) in enumerate(session.items):
        if item not in PRICES or item == "sold_out":
            code = "out_of_stock" if item in PRICES else "invalid"
            told.append(message(code, f"$.line_items[{index}]", f"{item} cannot be bought."))
    if not session.address:
        told.append(message("missing", "$.fulfillment_details.address", "An address is needed."))
    return told


def message(code: str, param: str, content: str) -> dict[str, Any]:
    return {"type": "error", "code": code, "param": param, "content_type": "plain", "content": content}


def status(session: Session, now: float, modes: Collection[str]) -> str:
    if session.state in ("completed", "canceled"):
        return session.state
    if session.state == "completing":
        return "in_progress"
    if now >= session.expires_at and "never_expires" not in modes:
        return "expired"
    if session.challenged:
        return "authentication_required"
    if "never_ready" in modes:
        return "not_ready_for_payment"
    told = [] if "sells_anything" in modes and session.address else errors(session)
    return "not_ready_for_payment" if told else "ready_for_payment"
