"""A price with all its parts. The amounts are the truth; what a session shows of them is in `quote_view`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orderflow.checkout.pricing.discounts import AppliedDiscount, RejectedCode
from orderflow.checkout.pricing.shipping import ShippingOption
from orderflow.checkout.pricing.taxes import Assessment

SHIPPING = "shipping"  # the key under which shipping is taxed; no line may have this id


@dataclass(frozen=True)
class GoodsLine:
    """What is to be priced; `unit_price` (minor units) and `category` are the catalogue's."""

    line_id: str
    product_id: str
    quantity: int
    unit_price: int
    category: str = ""

    @property
    def base(self) -> int:
        return self.quantity * self.unit_price


@dataclass(frozen=True)
class Quote:
    """What the lines cost where they go, in minor units of `currency`.

    Always: total = subtotal - discount + fulfillment + tax, with subtotal = items_base - items_discount; and the
    lines' totals with shipping, its discount and its tax make the same. `tax` comes on top of prices; what they hold
    of tax already is `included_tax` and adds to nothing.
    """

    currency: str
    lines: tuple[GoodsLine, ...]
    options: tuple[ShippingOption, ...]
    selected: ShippingOption | None
    codes: tuple[str, ...]
    applied: tuple[AppliedDiscount, ...]
    rejected: tuple[RejectedCode, ...]
    assessment: Assessment | None
    messages: tuple[Mapping[str, Any], ...]

    @property
    def is_ready(self) -> bool:
        """Tell whether this can be paid: nothing is missing and nothing is wrong with it."""
        return all(message["type"] != "error" for message in self.messages)

    @property
    def items_base(self) -> int:
        return sum(line.base for line in self.lines)

    @property
    def items_discount(self) -> int:
        return sum(self.line_discount(line.line_id) for line in self.lines)

    @property
    def subtotal(self) -> int:
        return self.items_base - self.items_discount

    @property
    def discount(self) -> int:
        """What is taken off the shipping."""
        return sum(each.off_shipping for each in self.applied)

    @property
    def fulfillment(self) -> int:
        return self.selected.amount if self.selected else 0

    @property
    def tax(self) -> int:
        return self.assessment.total if self.assessment and not self.assessment.included else 0

    @property
    def included_tax(self) -> int:
        return self.assessment.total if self.assessment and self.assessment.included else 0

    @property
    def total(self) -> int:
        return self.subtotal - self.discount + self.fulfillment + self.tax

    def line_discount(self, line_id: str) -> int:
        return sum(each.by_line.get(line_id, 0) for each in self.applied)

    def line_tax(self, line_id: str) -> int:
        """Return what comes on top of a line's price; under `SHIPPING` of the shipping's."""
        return self.assessment.amounts.get(line_id, 0) if self.assessment and not self.assessment.included else 0
