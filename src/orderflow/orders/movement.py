"""One thing that happened to a confirmed order's goods or money: a shipment, a delivery, a return or a refund."""

from dataclasses import dataclass
from enum import StrEnum

from orderflow.catalog.stock import StockLine
from orderflow.orders.status import Action, OrderStatus
from orderflow.runtime.idempotency.once import Once


class MovementKind(StrEnum):
    """What moves."""

    SHIPMENT = "SHIPMENT"
    DELIVERY = "DELIVERY"
    RETURN = "RETURN"
    REFUND = "REFUND"


class MovementState(StrEnum):
    """PENDING is decided and counts, but stock, money or the notice may be behind; FAILED moved nothing, for good."""

    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"


ACTIONS = {
    MovementKind.SHIPMENT: Action.SHIP,
    MovementKind.DELIVERY: Action.DELIVER,
    MovementKind.RETURN: Action.RETURN,
    MovementKind.REFUND: Action.REFUND,
}


@dataclass(frozen=True)
class Movement:
    """A movement as it was decided; `at` is ISO 8601 in UTC, `amount` in minor units of the order's currency.

    `status` is what the order became by it, `shipment_id` what a delivery delivers, `failure` the code of a refusal,
    `once` what recognises the request that asked for it.
    """

    movement_id: str
    kind: MovementKind
    status: OrderStatus
    at: str
    correlation_id: str
    state: MovementState = MovementState.PENDING
    lines: tuple[StockLine, ...] = ()
    amount: int = 0
    restock: bool = False
    shipment_id: str | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    reason: str | None = None
    failure: str | None = None
    once: Once | None = None
