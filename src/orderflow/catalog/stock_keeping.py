"""Stock counted and received by administrators: the only way the total of a product changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderflow.catalog.errors import InsufficientStockError, ProductNotFoundError
from orderflow.catalog.product import existing_id
from orderflow.catalog.stock import Stock
from orderflow.runtime.caller import Caller
from orderflow.runtime.errors import Detail, InvalidRequestError


@dataclass(frozen=True)
class Adjustment:
    """A correction of the available units: by `change` units, or to exactly `exact` units; one of the two."""

    reason: str
    by: str
    at: datetime
    change: int | None = None
    exact: int | None = None

    def __post_init__(self) -> None:
        if (self.change is None) == (self.exact is None):
            raise InvalidRequestError(
                "Send either 'change' (units more or fewer) or 'set' (units counted).",
                [Detail(field="change", issue="exactly one of change and set is needed")],
            )
        if self.exact is not None and self.exact < 0:
            raise InvalidRequestError("set must not be negative.", [Detail(field="set", issue="must not be negative")])


class AdjustmentRefusedError(Exception):
    """The change would go below zero; nothing was changed."""


class StockBook(Protocol):
    """The stock rows, as administrators see them."""

    def adjust(self, product_id: str, adjustment: Adjustment) -> None:
        """Apply the adjustment once and keep it as the row's last.

        Raises ProductNotFoundError for a product that is not on sale, AdjustmentRefusedError.
        """
        ...

    def stock(self, product_id: str) -> Stock | None:
        """Return the product's stock as it is now, or None."""
        ...


def adjust_stock(
    caller: Caller,
    product_id: str,
    *,
    change: int | None,
    exact: int | None,
    reason: str,
    book: StockBook,
    clock: Callable[[], datetime],
) -> Stock:
    """Correct the available units of a product and return its stock afterwards.

    Raises ForbiddenError, InvalidRequestError, ProductNotFoundError, InsufficientStockError (nothing is changed).
    """
    caller.require_admin()
    adjustment = Adjustment(reason=reason, by=caller.user_id, at=clock(), change=change, exact=exact)
    try:
        book.adjust(existing_id(product_id), adjustment)
    except AdjustmentRefusedError as refused:
        stock = book.stock(product_id)
        if stock is None:
            raise ProductNotFoundError(product_id) from refused
        raise InsufficientStockError(product_id, stock.available, change or 0) from refused
    stock = book.stock(product_id)
    if stock is None:
        raise ProductNotFoundError(product_id)
    return stock
