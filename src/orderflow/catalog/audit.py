"""The audit of stock: units that orders hold are exactly the units that the counters call reserved."""

from collections import Counter
from collections.abc import Iterator, Sequence
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


def check_stock(store: StockAudit) -> Iterator[Finding]:
    """Compare every counter with the open reservations; memory grows with the products held, not with the orders."""
    held = _held(store)
    suspects = set()
    for page in store.stock_pages():
        yield from page.unreadable
        for product_id, stock in page.records:
            if min(stock.available, stock.reserved, stock.sold) < 0:
                counters = f"available {stock.available}, reserved {stock.reserved}, sold {stock.sold}"
                yield Finding("stock-is-never-negative", f"product {product_id}", counters)
            if stock.reserved != held.pop(product_id, 0):
                suspects.add(product_id)
    # What is left is held of products that have no stock row.
    yield from _confirmed(suspects | {product_id for product_id, units in held.items() if units}, store)


def _confirmed(suspects: set[str], store: StockAudit) -> Iterator[Finding]:
    """Look again: every move writes the stock row too, so an unchanged row around a full count proves the count."""
    for _ in range(_LOOKS):
        if not suspects:
            return
        before = {product_id: store.stock(product_id) for product_id in suspects}
        held = _held(store)
        for product_id in sorted(suspects):
            stock = store.stock(product_id)
            if stock != before[product_id]:
                continue
            suspects.discard(product_id)
            reserved = stock.reserved if stock else 0
            if reserved != held[product_id]:
                yield Finding(
                    "reserved-is-what-orders-hold",
                    f"product {product_id}",
                    f"the stock row says reserved {reserved}, open reservations hold {held[product_id]}",
                )
    for product_id in sorted(suspects):
        message = f"the counter changed during each of {_LOOKS} looks; repeat when fewer orders come in"
        yield Finding("reserved-is-what-orders-hold", f"product {product_id}", message, certain=False)


def _held(store: StockAudit) -> Counter[str]:
    held: Counter[str] = Counter()
    for page in store.reservation_pages():
        for reservation in page.records:
            held.update(reservation.held)
    return held
