"""A payment that is no longer as it was read: every write is conditional on it, and tells what it found instead."""

from orderflow.payments.payment import Payment


class PaymentMovedError(Exception):
    """The payment has left the status that the write was for; `current` is what it is now."""

    def __init__(self, current: Payment) -> None:
        super().__init__(f"payment is {current.status}")
        self.current = current
