"""The server prices: the lines of a request become an order's lines with the catalogue's names and prices."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orderflow.catalog.pricing import PricedProduct
from orderflow.orders.errors import CurrencyMismatchError, OrderTooLargeError, PriceDifference, PriceMismatchError
from orderflow.orders.limits import MAX_QUANTITY, MAX_TOTAL
from orderflow.orders.order import OrderLine
from orderflow.runtime.errors import Detail, InvalidRequestError
from orderflow.runtime.money import major_units

# Eight digits: beyond any order of ours, and no sum of lines comes near a number that JSON clients round.
_LONGEST_ECHO = 64  # characters of a number that goes back in an error

Prices = Callable[[Iterable[str]], Mapping[str, PricedProduct]]  # the catalogue's `price_items`


@dataclass(frozen=True)
class RequestedLine:
    """What a client asks for; `unit_price` (minor units) and `price` (major units) are only ever compared.

    `discount` and `tax` of the line (minor units) are a checkout's: no client sends them.
    """

    product_id: str
    quantity: int
    unit_price: int | None = None
    price: Decimal | None = None
    discount: int = 0
    tax: int = 0


def priced_lines(requested: Sequence[RequestedLine], prices: Prices, currency: str) -> tuple[OrderLine, ...]:
    """Return the order's lines in the request's order, two lines of one product kept apart.

    Raises InvalidRequestError (too many of one product over all lines), UnknownProductError, CurrencyMismatchError,
    PriceMismatchError (naming every differing line) and OrderTooLargeError.
    """
    _require_bounded(requested)
    catalogue = prices(line.product_id for line in requested)
    for product in catalogue.values():
        if product.currency != currency:
            raise CurrencyMismatchError(product.product_id, product.currency, currency)
    differences = [
        difference
        for position, line in enumerate(requested)
        for difference in _differences(f"items[{position}]", line, catalogue[line.product_id])
    ]
    if differences:
        raise PriceMismatchError(differences, currency)
    lines = tuple(
        OrderLine(
            product_id=line.product_id,
            product_name=catalogue[line.product_id].name,
            quantity=line.quantity,
            unit_price=catalogue[line.product_id].unit_price,
            discount=line.discount,
            tax=line.tax,
        )
        for line in requested
    )
    require_payable(sum(line.line_total for line in lines), currency)
    return lines


def require_payable(total: int, currency: str) -> None:
    """Raise OrderTooLargeError when an amount is more than one payment can carry."""
    if total > MAX_TOTAL:
        raise OrderTooLargeError(total, MAX_TOTAL, currency)


def _require_bounded(requested: Sequence[RequestedLine]) -> None:
    quantities: Counter[str] = Counter()
    for position, line in enumerate(requested):
        quantities[line.product_id] += line.quantity
        if quantities[line.product_id] > MAX_QUANTITY:
            field = f"items[{position}].quantity"
            issue = f"makes more than {MAX_QUANTITY} of product {line.product_id} over all lines"
            raise InvalidRequestError(f"{field} {issue}; order fewer.", [Detail(field=field, issue=issue)])


def _differences(field: str, line: RequestedLine, product: PricedProduct) -> Iterator[PriceDifference]:
    if line.unit_price is not None and line.unit_price != product.unit_price:
        yield PriceDifference(f"{field}.unitPrice", line.product_id, str(line.unit_price), product.unit_price)
    if line.price is not None and line.price != major_units(product.unit_price, product.currency):
        yield PriceDifference(f"{field}.price", line.product_id, str(line.price)[:_LONGEST_ECHO], product.unit_price)
