"""What payments refuse. Class names are the workflow's error names; codes are what clients rely on."""

from orderflow.runtime.errors import ConflictError, TransientError, UnprocessableError
from orderflow.runtime.money import display


class PaymentDeclinedError(UnprocessableError):
    """The provider refused the charge; `decline_code` says why in the provider's words."""

    code = "PAYMENT_DECLINED"
    http_status = 402

    def __init__(self, decline_code: str) -> None:
        self.decline_code = decline_code
        super().__init__(f"The payment was declined ({decline_code}); order again with another payment method.")


class PaymentProviderUnavailableError(TransientError):
    """The provider refused to work just now; whether it charged is unknown, repeating with the same key is safe."""

    code = "PAYMENT_PROVIDER_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("The payment provider is unavailable; try again.")


class PaymentTimeoutError(TransientError):
    """The provider did not answer in time; whether it charged is unknown, repeating with the same key is safe."""

    code = "PAYMENT_TIMEOUT"

    def __init__(self) -> None:
        super().__init__("The payment provider did not answer in time; try again.")


class PaymentClosedError(ConflictError):
    """The payment was refunded or voided: the order can never be charged again."""

    code = "PAYMENT_CLOSED"

    def __init__(self, payment_id: str, status: str) -> None:
        super().__init__(
            f"Payment {payment_id} is {status} and can no longer be charged; the customer has to order again."
        )


class PaymentTermsMismatchError(ConflictError):
    """The workflow asks for another amount than the order owes: nothing was charged, a person has to look."""

    code = "PAYMENT_TERMS_MISMATCH"

    def __init__(self, order_id: str, asked: tuple[int, str], owed: tuple[int, str]) -> None:
        super().__init__(
            f"Order {order_id} owes {display(*owed)} and {display(*asked)} was asked for; nothing was charged. "
            f"Compare the execution's input with the order."
        )
