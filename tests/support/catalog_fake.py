"""The catalogue's stores in memory. The contract in catalog_contract.py holds them equal to the DynamoDB ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from orderflow.catalog.browsing import Position, Selection, Sort
from orderflow.catalog.errors import (
    OutOfStockError,
    ProductExistsError,
    ProductNotFoundError,
    StockLedgerError,
    UnknownProductError,
)
from orderflow.catalog.pricing import PricedProduct
from orderflow.catalog.product import MAX_IMAGES, Product, ProductStatus, name_key
from orderflow.catalog.reservations import ReservationExistsError
from orderflow.catalog.search_words import is_found
from orderflow.catalog.stock import Reservation, ReservationStatus, Stock, StockLine, StockMove, StockMoveKind
from orderflow.catalog.stock_keeping import Adjustment, AdjustmentRefusedError
from orderflow.runtime.clock import iso


@dataclass
class InMemoryCatalog:
    """Products, stock and reservations: implements every port of the catalogue."""

    products: dict[str, Product] = field(default_factory=dict)
    stocks: dict[str, Stock] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)

    # ProductStore, ImageShelf
    def find(self, product_id: str) -> Product | None:
        return self.products.get(product_id)

    def add(self, product: Product, initial_stock: int) -> None:
        if product.product_id in self.products:
            raise ProductExistsError(product.product_id)
        self.products[product.product_id] = product
        self.stocks[product.product_id] = Stock(initial_stock, 0, 0, product.created_at)

    def change(self, before: Product, after: Product, *, pictures: bool) -> bool:
        kept = self._on_sale(after.product_id)
        if kept is None or kept.version != before.version:
            return False
        images = after.image_keys if pictures else kept.image_keys
        self.products[after.product_id] = replace(after, image_keys=images, rating=kept.rating)
        return True

    def withdraw(self, product: Product, at: str) -> bool:
        kept = self._on_sale(product.product_id)
        if kept is None or kept.version != product.version:
            return False
        self.products[product.product_id] = replace(
            kept, status=ProductStatus.WITHDRAWN, updated_at=at, version=kept.version + 1
        )
        return True

    def add_image(self, product_id: str, key: str, _at: datetime) -> bool:
        kept = self._on_sale(product_id)
        if kept is None or key in kept.image_keys or len(kept.image_keys) >= MAX_IMAGES:
            return False
        self.products[product_id] = replace(kept, image_keys=(*kept.image_keys, key))
        return True

    # PriceStore
    def prices(self, product_ids: tuple[str, ...]) -> dict[str, PricedProduct]:
        kept = [product for product_id in product_ids if (product := self._on_sale(product_id))]
        return {
            p.product_id: PricedProduct(p.product_id, p.facts.name, p.facts.price, p.currency, p.facts.category)
            for p in kept
        }

    # ProductListing
    def page(self, selection: Selection, limit: int, after: Position | None) -> tuple[list[Product], Position | None]:
        by_price = selection.sort in (Sort.PRICE, Sort.PRICE_DESCENDING)

        def key(product: Product) -> tuple[str | int, str]:
            return (product.facts.price if by_price else name_key(product.facts.name), product.product_id)

        found = [
            product
            for product in self.products.values()
            if product.status is ProductStatus.ACTIVE
            and selection.category in (None, product.facts.category)
            and (selection.search is None or is_found(product.facts.name, selection.words))
        ]
        descending = selection.sort in (Sort.NAME_DESCENDING, Sort.PRICE_DESCENDING)
        found.sort(key=key, reverse=descending)
        if after is not None:
            start = (after.sort_key, after.product_id)
            found = [product for product in found if (key(product) < start if descending else key(product) > start)]
        if len(found) <= limit:
            return found, None
        sort_key, product_id = key(found[limit - 1])
        return found[:limit], Position(product_id, sort_key)

    # StockOfOne, StockOfMany, StockBook
    def stock(self, product_id: str) -> Stock | None:
        return self.stocks.get(product_id)

    def available(self, product_ids: Sequence[str]) -> dict[str, int]:
        return {p: self.stocks[p].available for p in product_ids if p in self.stocks}

    def adjust(self, product_id: str, adjustment: Adjustment) -> None:
        if self._on_sale(product_id) is None:
            raise ProductNotFoundError(product_id)
        stock = self.stocks[product_id]
        available = adjustment.exact if adjustment.change is None else stock.available + adjustment.change
        if available is None or available < 0:
            raise AdjustmentRefusedError
        self.stocks[product_id] = replace(stock, available=available, updated_at=iso(adjustment.at))

    def _on_sale(self, product_id: str) -> Product | None:
        product = self.products.get(product_id)
        return product if product and product.status is ProductStatus.ACTIVE else None


@dataclass
class InMemoryReservations:
    """Reservations that move the stock of an InMemoryCatalog."""

    catalog: InMemoryCatalog

    def find(self, order_id: str) -> Reservation | None:
        return self.catalog.reservations.get(order_id)

    def reserve(self, order_id: str, lines: tuple[StockLine, ...], at: datetime) -> None:
        if order_id in self.catalog.reservations:
            raise ReservationExistsError
        stocks = self.catalog.stocks
        unknown = [line.product_id for line in lines if line.product_id not in stocks]
        if unknown:
            raise UnknownProductError(unknown)
        for line in lines:
            if stocks[line.product_id].available < line.quantity:
                raise OutOfStockError(line.product_id, line.quantity)
        for line in lines:
            self._move(line.product_id, line.quantity, at)
        self.catalog.reservations[order_id] = Reservation(order_id, lines, ReservationStatus.RESERVED)

    def release(self, reservation: Reservation, at: datetime) -> bool:
        kept = self.catalog.reservations[reservation.order_id]
        if kept.status is not ReservationStatus.RESERVED or kept.moves:
            return False
        if any(self.catalog.stocks[line.product_id].reserved < line.quantity for line in reservation.lines):
            raise StockLedgerError(reservation.order_id)
        for line in reservation.lines:
            self._move(line.product_id, -line.quantity, at)
        self.catalog.reservations[reservation.order_id] = replace(kept, status=ReservationStatus.RELEASED)
        return True

    def move(self, reservation: Reservation, move: StockMove, at: datetime) -> bool:
        kept = self.catalog.reservations[reservation.order_id]
        if kept != reservation:
            return False
        for line in move.lines:
            stock = self.catalog.stocks[line.product_id]
            if move.kind is StockMoveKind.SHIPPED:
                moved = replace(stock, reserved=stock.reserved - line.quantity, sold=stock.sold + line.quantity)
            else:
                moved = replace(stock, sold=stock.sold - line.quantity, available=stock.available + line.quantity)
            if min(moved.reserved, moved.sold) < 0:
                raise StockLedgerError(reservation.order_id)
            self.catalog.stocks[line.product_id] = replace(moved, updated_at=iso(at))
        self.catalog.reservations[reservation.order_id] = replace(kept, moves=(*kept.moves, move))
        return True

    def forbid(self, order_id: str, at: datetime) -> bool:
        if order_id in self.catalog.reservations:
            return False
        self.catalog.reservations[order_id] = Reservation(order_id, (), ReservationStatus.RELEASED)
        return True

    def _move(self, product_id: str, units: int, at: datetime) -> None:
        stock = self.catalog.stocks[product_id]
        self.catalog.stocks[product_id] = replace(
            stock, available=stock.available - units, reserved=stock.reserved + units, updated_at=iso(at)
        )
