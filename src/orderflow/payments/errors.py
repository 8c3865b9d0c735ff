"""What payments refuse. Class names are the workflow's error names; codes are what clients rely on."""

from orderflow.runtime.errors import (
    ConflictError,
    NotFoundError,
    OrderflowError,
    TransientError,
    UnprocessableError,
)
from orderflow.runtime.money import display


class PaymentDeclinedError(UnprocessableError):
    """The provider refused the charge; `decline_code` says why in the provider's words."""

    code = "PAYMENT_DECLINED"
    http_status = 402

    def __init__(self, decline_code: str) -> None:
        self.decline_code = decline_code
        super().__init__(f"The payment was declined ({decline_code}); order again with another payment method.")


class PaymentProviderUnavailableError(TransientError):
    """The provider refused to work just now; repeating with the same key is safe."""

    code = "PAYMENT_PROVIDER_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("The payment provider is unavailable; try again.")


class PaymentTimeoutError(TransientError):
    """The provider did not answer in time: what became of the call is unknown until it is asked."""

    code = "PAYMENT_TIMEOUT"

    def __init__(self) -> None:
        super().__init__("The payment provider did not answer in time; try again.")


class PaymentClosedError(ConflictError):
    """The order's payment was refunded or voided: the order can never be charged again."""

    code = "PAYMENT_CLOSED"

    def __init__(self, payment_id: str, status: str) -> None:
        super().__init__(
            f"Payment {payment_id} is {status} and its order can no longer be charged; the customer has to order again."
        )


class PaymentTermsMismatchError(ConflictError):
    """The workflow asks for another amount than the order owes: nothing was charged, a person has to look."""

    code = "PAYMENT_TERMS_MISMATCH"

    def __init__(self, order_id: str, asked: tuple[int, str], owed: tuple[int, str]) -> None:
        super().__init__(
            f"Order {order_id} owes {display(*owed)} and {display(*asked)} was asked for; nothing was charged. "
            f"Compare the execution's input with the order."
        )


class PaymentInProgressError(TransientError):
    """Another attempt to pay the order is under way: it will be captured, declined or let go of."""

    code = "PAYMENT_IN_PROGRESS"
    http_status = 409
    retry_after_seconds = 2

    def __init__(self, payment_id: str) -> None:
        super().__init__(
            f"Payment {payment_id} of this order is under way; see GET /payments/{payment_id} before you try again."
        )


class PaymentNotCapturedError(ConflictError):
    """The order's payment came to nothing for a technical reason, or was never begun."""

    code = "PAYMENT_NOT_CAPTURED"

    def __init__(self, order_id: str) -> None:
        super().__init__(f"Order {order_id} has no captured payment; look at the executions of payment for the reason.")


class PaymentNotCompletedError(TransientError):
    """The attempt failed for a technical reason; whatever was held is let go of."""

    code = "PAYMENT_NOT_COMPLETED"

    def __init__(self, payment_id: str) -> None:
        super().__init__(
            f"Payment {payment_id} could not be completed and nothing was charged; "
            f"repeat the request with the same Idempotency-Key, or pay in another way with a new one."
        )


class PaymentNotStartedError(TransientError):
    """The workflow has not begun the attempt in time."""

    code = "PAYMENT_NOT_STARTED"

    def __init__(self) -> None:
        super().__init__(
            "The payment has not begun yet; repeat the request with the same Idempotency-Key: it is charged once."
        )


class PaymentRequestUnknownError(ConflictError):
    """The execution names a request that nobody made, or that was forgotten: its payment method is gone."""

    code = "PAYMENT_REQUEST_UNKNOWN"

    def __init__(self, request_id: str) -> None:
        super().__init__(f"There is no request {request_id}; nothing was charged. Only pay_order may start a payment.")


class PaymentWorkflowUnavailableError(TransientError):
    """Step Functions did not answer, or asked us to slow down."""

    code = "PAYMENT_WORKFLOW_UNAVAILABLE"


class OrderNotPayableError(ConflictError):
    """The order is over, or has been paid: nothing is open."""

    code = "ORDER_NOT_PAYABLE"

    def __init__(self, order_id: str, status: str) -> None:
        super().__init__(f"Order {order_id} is {status} and owes nothing; GET /orders/{order_id} tells more.")


class OrderAlreadyPaidError(ConflictError):
    """The order's payment is captured: nothing is open."""

    code = "ORDER_ALREADY_PAID"

    def __init__(self, order_id: str, payment_id: str) -> None:
        super().__init__(f"Order {order_id} is paid by {payment_id} and owes nothing.")


class TooManyPaymentAttemptsError(ConflictError):
    """The order was tried to be paid too often: somebody may be testing stolen cards."""

    code = "TOO_MANY_PAYMENT_ATTEMPTS"

    def __init__(self, order_id: str, most: int) -> None:
        super().__init__(f"Order {order_id} was tried to be paid {most} times; place a new order.")


class PaymentNotFoundError(NotFoundError):
    """The payment does not exist, or is another customer's."""

    code = "PAYMENT_NOT_FOUND"

    def __init__(self, payment_id: str) -> None:
        super().__init__(f"There is no payment {payment_id} of yours; POST /pay answers the id of each.")


class PaymentProviderMisconfiguredError(OrderflowError):
    """The provider refuses us and not the charge (key, permission, parameters): repeating cannot help."""

    code = "PAYMENT_PROVIDER_MISCONFIGURED"

    def __init__(self, finding: str, request_id: str | None = None) -> None:
        asked = f", request {request_id}" if request_id else ""
        super().__init__(
            f"The payment provider cannot be used: {finding}{asked}; compare the environment's provider secret and "
            f"account settings with modules/payments/README.md."
        )


class StripeNotInUseError(NotFoundError):
    """This environment pays with another provider: nobody has an event to tell."""

    code = "STRIPE_NOT_IN_USE"

    def __init__(self) -> None:
        super().__init__("This environment does not pay with Stripe; remove the webhook endpoint from the account.")


class RefundRefusedError(UnprocessableError):
    """A refund will never be made: the provider refused it, or the payment has nothing left to give back."""

    code = "REFUND_REFUSED"

    def __init__(self, refusal_code: str) -> None:
        self.refusal_code = refusal_code
        super().__init__(f"The refund was refused for good ({refusal_code}); give the money back another way.")
