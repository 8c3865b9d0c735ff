"""A quote in the shapes of protocol 2026-04-17: totals, fulfilment options and discounts of a session."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orderflow.checkout.pricing.discounts import AppliedDiscount, Discount, DiscountKind
from orderflow.checkout.pricing.quote import GoodsLine, Quote
from orderflow.checkout.pricing.shipping import ShippingOption
from orderflow.runtime.money import display

# What discounts off the shipping are allocated to, in the words of the protocol's discount extension.
_SHIPPING_PATH = "$.totals.shipping"


def totals(quote: Quote) -> list[dict[str, Any]]:
    """Return all eight, also those that are nothing, so that whoever adds them up needs to know no rule."""
    tax = _total("tax", "Tax", quote.tax)
    if quote.assessment is None:
        tax["description"] = "Known as soon as the address is."
    elif quote.assessment.included:
        tax["description"] = f"Prices include {display(quote.included_tax, quote.currency)} of tax."
    else:
        tax["breakdown"] = [
            {"jurisdiction": share.jurisdiction, "rate": share.rate, "amount": share.amount}
            for share in quote.assessment.shares
        ]
    return [
        _total("items_base_amount", "Items", quote.items_base),
        _total("items_discount", "Discount on items", quote.items_discount),
        _total("subtotal", "Subtotal", quote.subtotal),
        _total("discount", "Discount on shipping", quote.discount),
        _total("fulfillment", "Shipping", quote.fulfillment),
        tax,
        # This shop charges none; the protocol's list has it.
        _total("fee", "Fees", 0),
        _total("total", "Total", quote.total),
    ]


def line_totals(quote: Quote, line: GoodsLine) -> list[dict[str, Any]]:
    """Return a line's own: total = base - discount + tax."""
    off, tax = quote.line_discount(line.line_id), quote.line_tax(line.line_id)
    return [
        _total("items_base_amount", "Price", line.base),
        _total("items_discount", "Discount", off),
        _total("subtotal", "Subtotal", line.base - off),
        _total("tax", "Tax", tax),
        _total("total", "Total", line.base - off + tax),
    ]


def fulfillment_options(quote: Quote) -> list[dict[str, Any]]:
    """Return the ways to send the goods; their tax, if any comes on top, is in the session's."""
    return [_option(option) for option in quote.options]


def discounts(quote: Quote) -> dict[str, Any]:
    """Return the DiscountsResponse: codes as they were sent, what they take off, which do not count."""
    positions = {line.line_id: position for position, line in enumerate(quote.lines)}
    return {
        "codes": list(quote.codes),
        "applied": [_applied(each, priority, positions) for priority, each in enumerate(quote.applied, start=1)],
        "rejected": [
            {"code": each.code, "reason": each.reason.value, "message": each.message} for each in quote.rejected
        ],
    }


def _total(kind: str, text: str, amount: int) -> dict[str, Any]:
    return {"type": kind, "display_text": text, "amount": amount}


def _option(option: ShippingOption) -> dict[str, Any]:
    described = {"description": option.description} if option.description else {}
    return {
        "type": "shipping",
        "id": option.option_id,
        "title": option.title,
        **described,
        "carrier": option.carrier,
        "earliest_delivery_time": _time(option.earliest),
        "latest_delivery_time": _time(option.latest),
        "totals": [_total("fulfillment", option.title, option.amount), _total("total", "Total", option.amount)],
    }


def _applied(applied: AppliedDiscount, priority: int, positions: dict[str, int]) -> dict[str, Any]:
    discount = applied.discount
    allocations = [
        {"path": f"$.line_items[{positions[line_id]}]", "amount": part} for line_id, part in applied.by_line.items()
    ]
    if applied.off_shipping:
        allocations.append({"path": _SHIPPING_PATH, "amount": applied.off_shipping})
    ends = {"end": _time(discount.ends_at)} if discount.ends_at else {}
    return {
        "id": f"discount-{discount.code}",
        "code": discount.code,
        "coupon": _coupon(discount),
        "amount": applied.amount,
        "automatic": False,
        "start": _time(discount.starts_at),
        **ends,
        "method": "across",
        "priority": priority,
        "allocations": allocations,
    }


def _coupon(discount: Discount) -> dict[str, Any]:
    coupon: dict[str, Any] = {"id": discount.code, "name": discount.name, "duration": "once"}
    match discount.kind:
        case DiscountKind.PERCENT:
            coupon["percent_off"] = Decimal(discount.basis_points) / 100
        case DiscountKind.AMOUNT:
            coupon |= {"amount_off": discount.amount, "currency": discount.currency.lower()}
        case DiscountKind.SHIPPING:
            pass
    return coupon


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
