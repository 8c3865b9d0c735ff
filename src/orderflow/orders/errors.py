"""What orders refuse. Class names are the workflow's error names; codes are what clients rely on."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderflow.runtime.errors import (
    ConflictError,
    Detail,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    OrderflowError,
    StaleVersionError,
    TransientError,
    UnprocessableError,
)
from orderflow.runtime.money import display


class OrderNotFoundError(NotFoundError):
    """The order does not exist, or is another customer's."""

    code = "ORDER_NOT_FOUND"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"There is no order {order_id} of yours; GET /orders lists what there is.")


class ForeignOrdersError(ForbiddenError):
    """A customer asked for, or ordered as, somebody else."""

    code = "NOT_YOUR_ORDERS"

    def __init__(self) -> None:
        super().__init__("userId must be your own; leave it out, or sign in as an administrator.")


@dataclass(frozen=True)
class PriceDifference:
    """A line whose price the client had wrong; amounts in minor units, `given` as the client wrote it."""

    field: str
    product_id: str
    given: str
    current: int


class PriceMismatchError(ConflictError):
    """The client's prices are not the catalogue's; nothing was ordered."""

    code = "PRICE_MISMATCH"

    def __init__(self, differences: Sequence[PriceDifference], currency: str) -> None:
        self.differences = tuple(differences)
        products = ", ".join(dict.fromkeys(difference.product_id for difference in differences))
        super().__init__(
            f"The catalogue's price differs for {products}; nothing was ordered. "
            f"Show the current price and order again, or leave prices out.",
            [
                Detail(
                    field=difference.field,
                    issue=f"{difference.product_id} was given as {difference.given} and costs "
                    f"{difference.current} minor units ({display(difference.current, currency)})",
                )
                for difference in differences
            ],
        )


class CurrencyMismatchError(UnprocessableError):
    """A product is sold in another currency than the shop's orders."""

    code = "CURRENCY_MISMATCH"

    def __init__(self, product_id: str, currency: str, shop_currency: str) -> None:
        super().__init__(
            f"Product {product_id} is sold in {currency}, and orders are in {shop_currency}; "
            f"leave it out of this order."
        )


class OrderTooLargeError(UnprocessableError):
    """The order's total is more than one payment can carry."""

    code = "ORDER_TOO_LARGE"

    def __init__(self, total: int, most: int, currency: str) -> None:
        super().__init__(
            f"The order's total of {display(total, currency)} is above the {display(most, currency)} "
            f"that one order may cost; split it."
        )


class PaymentMethodMissingError(InvalidRequestError):
    """The order says no way to pay, and this environment has no default."""

    code = "PAYMENT_METHOD_MISSING"

    def __init__(self) -> None:
        super().__init__(
            "paymentMethod is required; send {token} with the token of your payment provider.",
            [Detail(field="paymentMethod", issue="is required")],
        )


class IllegalActionError(ConflictError):
    """The order's status does not lead where the caller wants; `details` names what it does lead to."""

    code = "ILLEGAL_ACTION"

    def __init__(self, order_id: str, status: str, action: str, allowed: Sequence[str]) -> None:
        next_actions = ", ".join(allowed) or "none"
        super().__init__(
            f"Order {order_id} is {status}: it can no longer take the action {action}. "
            f"Read it again, and choose from its allowedActions.",
            [
                Detail(field="status", issue=f"is {status}"),
                Detail(field="allowedActions", issue=f"legal next actions: {next_actions}"),
            ],
        )


class DestinationPricedError(ConflictError):
    """The order was priced for where it goes: shipping and tax of another country or region would not be those paid."""

    code = "DESTINATION_PRICED"

    def __init__(self, order_id: str, field: str, issue: str) -> None:
        super().__init__(
            f"Order {order_id} was bought through a checkout, at the shipping and tax of its country and region, and "
            f"stays there. Cancel it, and let the buyer check out again with the other address.",
            [Detail(field=f"shippingAddress.{field}", issue=issue)],
        )


class OrderVersionConflictError(StaleVersionError):
    """The order changed since the caller read it: by its workflow, or by somebody; `current` is its version now."""

    def __init__(self, order_id: str, current: int) -> None:
        super().__init__(f"Order {order_id}", current)


class QueueUnavailableError(TransientError):
    """The order queue did not answer, or asked us to slow down."""

    code = "QUEUE_UNAVAILABLE"


class OrderNotQueuedError(TransientError):
    """The order is stored and waits: its message could not be queued."""

    code = "ORDER_NOT_QUEUED"
    retry_after_seconds = 2

    def __init__(self, order_id: str, *, repeatable: bool) -> None:
        advice = (
            "repeat the request with the same Idempotency-Key: it is safe, and orders nothing twice"
            if repeatable
            else "do not order again: look at GET /orders, and send an Idempotency-Key next time to make repeating safe"
        )
        super().__init__(f"Order {order_id} is stored and could not be passed on yet; {advice}.")


class MalformedMessageError(InvalidRequestError):
    """A message of the order queue is not one of ours."""

    code = "MALFORMED_MESSAGE"


class WorkflowUnavailableError(TransientError):
    """Step Functions did not answer, or asked us to slow down."""

    code = "WORKFLOW_UNAVAILABLE"


class SweepIncompleteError(TransientError):
    """Some stopped orders could not be looked at; the others were."""

    code = "SWEEP_INCOMPLETE"

    def __init__(self, failed: int) -> None:
        super().__init__(f"{failed} orders could not be looked at; the log line ORDER_NOT_SWEPT of each says why.")


class SampleOrdersRefusedError(InvalidRequestError):
    """What the generator was asked for makes no sample orders."""

    code = "SAMPLE_ORDERS_REFUSED"


class NotEnoughUnitsError(UnprocessableError):
    """A shipment, return or refund names more units than are left for it; nothing was moved."""

    code = "NOT_ENOUGH_UNITS"

    def __init__(self, what: str, short: Sequence[tuple[str, int, int]]) -> None:
        products = ", ".join(product_id for product_id, _, _ in short)
        super().__init__(
            f"More units of {products} are asked for than {what}; nothing was moved. Ask for at most what is left.",
            [
                Detail(field="lines", issue=f"{product_id}: {asked} asked for, {left} {what}")
                for product_id, asked, left in short
            ],
        )


class UnknownShipmentError(UnprocessableError):
    """The order has no such shipment."""

    code = "UNKNOWN_SHIPMENT"

    def __init__(self, shipment_id: str) -> None:
        super().__init__(
            f"The order has no shipment {shipment_id}; its shipments tell which there are.",
            [Detail(field="shipmentId", issue="is no shipment of this order")],
        )


class RefundTooLargeError(UnprocessableError):
    """A refund is more than what is left of the order's total, or nothing at all; no money was moved."""

    code = "REFUND_TOO_LARGE"

    def __init__(self, amount: int, left: int, currency: str) -> None:
        super().__init__(
            f"A refund of {display(amount, currency)} is not possible: it must be more than nothing and at most the "
            f"{display(left, currency)} that are not refunded yet.",
            [Detail(field="amount", issue=f"is {amount}, must be 1 to {left} minor units")],
        )


class TooManyMovementsError(UnprocessableError):
    """The order has as many shipments, deliveries, returns and refunds as it may have."""

    code = "TOO_MANY_MOVEMENTS"

    def __init__(self, order_id: str, limit: int) -> None:
        super().__init__(
            f"Order {order_id} has {limit} shipments, deliveries, returns and refunds already: an order may have no "
            f"more. Join what is left into one."
        )


class OrderBusyError(TransientError):
    """The order kept changing while something was to be done with it; nothing was done."""

    code = "ORDER_BUSY"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"Order {order_id} kept changing; nothing was done with it. Try again.")


class MovementInterruptedError(OrderflowError):
    """A movement is recorded and something unexpected kept it from being carried out: asking again would be another."""

    code = "MOVEMENT_INTERRUPTED"

    def __init__(self, order_id: str, movement_id: str) -> None:
        super().__init__(
            f"{movement_id} of order {order_id} is recorded, and something failed on our side while it was carried "
            f"out. It goes on by itself: read the order, and do not ask for it again."
        )


class NoticesUnavailableError(TransientError):
    """The topic did not answer, or asked us to slow down."""

    code = "NOTICES_UNAVAILABLE"


class OrderChangedElsewhereError(ConflictError):
    """The order left its workflow, by a cancellation for example: what a step was to do with it is void."""

    code = "ORDER_CHANGED_ELSEWHERE"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"Order {order_id} was moved on by somebody else; nothing was done with it.")


class ReviewRejectedError(UnprocessableError):
    """A person refused the order in review; why is kept on the order."""

    code = "REVIEW_REJECTED"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"Order {order_id} was rejected in review; its history says why.")


class ReviewExpiredError(UnprocessableError):
    """Nobody decided about the order in time."""

    code = "REVIEW_EXPIRED"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"Nobody decided about order {order_id} in time.")


class ReviewNoticeUnavailableError(TransientError):
    """The topic of reviews did not answer, or asked us to slow down."""

    code = "REVIEW_NOTICE_UNAVAILABLE"
