"""What the catalogue refuses. Class names are the workflow's error names; codes are what clients rely on."""

from collections.abc import Iterable

from orderflow.runtime.errors import (
    ConflictError,
    Detail,
    NotFoundError,
    OrderflowError,
    StaleVersionError,
    TransientError,
    UnprocessableError,
)


class UnknownProductError(UnprocessableError):
    """An order names products that are not in the catalogue, or no longer; `product_ids` are they."""

    code = "UNKNOWN_PRODUCT"

    def __init__(self, product_ids: Iterable[str]) -> None:
        self.product_ids = tuple(product_ids)
        super().__init__(
            f"Not in the catalogue: {', '.join(self.product_ids)}. Remove them, or choose from GET /products.",
            [Detail(field="productId", issue=f"{product_id} is not sold") for product_id in self.product_ids],
        )


class ProductNotFoundError(NotFoundError):
    """The product asked for does not exist or was withdrawn."""

    code = "PRODUCT_NOT_FOUND"

    def __init__(self, product_id: str) -> None:
        super().__init__(f"There is no product {product_id}; GET /products lists what there is.")


class ProductExistsError(ConflictError):
    """The product id is taken, also by a withdrawn product: orders go on naming it."""

    code = "PRODUCT_EXISTS"

    def __init__(self, product_id: str) -> None:
        super().__init__(f"The product id {product_id} is taken; choose another, or change that product with PUT.")


class WrongCurrencyError(UnprocessableError):
    """The price is in a currency that the shop does not sell in."""

    code = "WRONG_CURRENCY"

    def __init__(self, shop_currency: str) -> None:
        super().__init__(
            f"This shop sells in {shop_currency}; send the price in it, and leave currency out.",
            [Detail(field="currency", issue=f"must be {shop_currency}")],
        )


class VersionConflictError(StaleVersionError):
    """Somebody changed the product since the caller read it; `current` is its version now."""

    def __init__(self, product_id: str, current: int) -> None:
        super().__init__(f"Product {product_id}", current)


class ProductBusyError(TransientError):
    """The product was changed by somebody else whenever it was to be withdrawn; repeating is safe."""

    code = "PRODUCT_BUSY"

    def __init__(self, product_id: str) -> None:
        super().__init__(f"Product {product_id} is being changed by others; try again.")


class OutOfStockError(UnprocessableError):
    """A product has fewer units available than an order asks for."""

    code = "OUT_OF_STOCK"

    def __init__(self, product_id: str, requested: int) -> None:
        self.product_id, self.requested = product_id, requested
        super().__init__(f"Product {product_id} has fewer than the {requested} units that the order asks for.")


class InsufficientStockError(UnprocessableError):
    """An adjustment would take more units away than are available."""

    code = "INSUFFICIENT_STOCK"

    def __init__(self, product_id: str, available: int, change: int) -> None:
        super().__init__(
            f"Product {product_id} has {available} units available; a change of {change} would go below zero.",
            [Detail(field="change", issue=f"must not be below {-available}")],
        )


class StockBusyError(TransientError):
    """The stock cannot be moved right now: the same rows are in use, or the table did not answer.

    A reservation and its release happen once per order however often they are asked for, so repeating is safe.
    """

    code = "STOCK_BUSY"

    def __init__(self) -> None:
        super().__init__("The stock of these products cannot be changed right now; try again.")


class ReservationReleasedError(ConflictError):
    """The order's stock was released before; a late reservation must not take it again."""

    code = "RESERVATION_RELEASED"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"The stock of order {order_id} was released; the order can no longer reserve any.")


class ReservationMismatchError(ConflictError):
    """The order holds a reservation for other lines than it asks for now."""

    code = "RESERVATION_MISMATCH"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"Order {order_id} holds a reservation for other lines; release it before reserving again.")


class ReservationShippedError(ConflictError):
    """Units of the order left the shop: what is reserved can no longer be released as if nothing had."""

    code = "RESERVATION_SHIPPED"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"Units of order {order_id} were shipped; take them back with a return instead of a release.")


class StockMoveTooLargeError(ConflictError):
    """A shipment or return names more units than the order holds or took; nothing was moved."""

    code = "STOCK_MOVE_TOO_LARGE"

    def __init__(self, order_id: str, move_id: str) -> None:
        super().__init__(
            f"{move_id} of order {order_id} names more units than its reservation has left; compare the two rows."
        )


class StockLedgerError(OrderflowError):
    """The stock rows contradict a reservation: a defect, or a change by hand; a person has to compare the two."""

    code = "STOCK_LEDGER_BROKEN"

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"The stock table holds fewer reserved units than the reservation of order {order_id}; "
            f"compare both and correct the stock row before repeating."
        )


class TooManyImagesError(UnprocessableError):
    """The product carries as many images as it may."""

    code = "TOO_MANY_IMAGES"

    def __init__(self, product_id: str, limit: int) -> None:
        super().__init__(f"Product {product_id} has {limit} images already; remove one before adding another.")
