"""The audit of stock: what orders hold and took is exactly what the counters call reserved and sold."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from orderflow.catalog.stock import Reservation, Stock
from orderflow.runtime.audit import Finding, Page

_LOOKS = 3  # a product that is sold all the time changes while it is looked at


class StockAudit(Protocol):
    """Stock and reservations, read whole and page by page: for audits only."""

    def stock_pages(self) -> Iterator[Page[tuple[str, Stock]]]:
        """Return every product's stock."""
        ...

    def reservation_pages(self) -> Iterator[Page[Reservation]]:
        """Return every reservation, at most 100 at a time."""
        ...

    def reservations_of(self, order_ids: Sequence[str]) -> dict[str, Reservation]:
        """Return the reservations of at most 100 orders, by order; rows that cannot be read are left out."""
        ...

    def stock(self, product_id: str) -> Stock | None:
        """Return one product's stock as it is now."""
        ...


@dataclass
class _Expected:
    """Units of each product by what reservations say: still held for orders, and gone to customers."""

    reserved: Counter[str] = field(default_factory=Counter)
    sold: Counter[str] = field(default_factory=Counter)

    @property
    def products(self) -> set[str]:
        return {product_id for product_id, units in (self.reserved + self.sold).items() if units}

    def is_met(self, product_id: str, stock: Stock | None) -> bool:
        return all(there == expected for _, _, there, expected in self.compared(product_id, stock))

    def compared(self, product_id: str, stock: Stock | None) -> Iterator[tuple[str, str, int, int]]:
        """Yield for each counter its rule, its name, what the row says and what reservations say."""
        there = (stock.reserved, stock.sold) if stock else (0, 0)
        yield "reserved-is-what-orders-hold", "reserved", there[0], self.reserved[product_id]
        yield "sold-is-what-orders-took", "sold", there[1], self.sold[product_id]


def check_stock(store: StockAudit) -> Iterator[Finding]:
    """Compare every counter with the reservations; memory grows with the products held, not with the orders."""
    expected = _expected(store)
    suspects = expected.products
    for page in store.stock_pages():
        yield from page.unreadable
        for product_id, stock in page.records:
            if min(stock.available, stock.reserved, stock.sold) < 0:
                counters = f"available {stock.available}, reserved {stock.reserved}, sold {stock.sold}"
                yield Finding("stock-is-never-negative", f"product {product_id}", counters)
            if expected.is_met(product_id, stock):
                suspects.discard(product_id)
            else:
                suspects.add(product_id)
    # What is left of the expected has no stock row.
    yield from _confirmed(suspects, store)


def _confirmed(suspects: set[str], store: StockAudit) -> Iterator[Finding]:
    """Look again: every move writes the stock row too, so an unchanged row around a full count proves the count."""
    for _ in range(_LOOKS):
        if not suspects:
            return
        before = {product_id: store.stock(product_id) for product_id in suspects}
        expected = _expected(store)
        for product_id in sorted(suspects):
            stock = store.stock(product_id)
            if stock != before[product_id]:
                continue
            suspects.discard(product_id)
            for rule, counter, there, counted in expected.compared(product_id, stock):
                if there != counted:
                    message = f"the stock row says {counter} {there}, reservations say {counted}"
                    yield Finding(rule, f"product {product_id}", message)
    for product_id in sorted(suspects):
        message = f"the counter changed during each of {_LOOKS} looks; repeat when fewer orders come in"
        yield Finding("reserved-is-what-orders-hold", f"product {product_id}", message, certain=False)


def _expected(store: StockAudit) -> _Expected:
    expected = _Expected()
    for page in store.reservation_pages():
        for reservation in page.records:
            expected.reserved.update(reservation.held)
            expected.sold.update(reservation.sold)
    return expected
