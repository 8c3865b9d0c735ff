"""The port to whoever moves the money. tests/support/provider_contract.py holds every adapter to it."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class CaptureRequest:
    """A charge of `amount` minor units; `attempt` counts from 1 and is no part of the charge's identity."""

    idempotency_key: str
    amount: int
    currency: str
    attempt: int
    token: str = field(repr=False)


class PaymentProvider(Protocol):
    """Every call may be repeated with the same key and then changes nothing more.

    Each raises PaymentProviderUnavailableError or PaymentTimeoutError where the outcome is unknown or did not happen.
    """

    def capture(self, request: CaptureRequest) -> str:
        """Charge once per key and return the provider's reference; raises PaymentDeclinedError."""
        ...

    def refund(self, reference: str, *, amount: int, currency: str, idempotency_key: str) -> str:
        """Give back `amount` of a captured charge and return the refund's reference."""
        ...

    def void(self, idempotency_key: str) -> None:
        """See to it that nothing stays charged under a capture's key, whatever became of the capture."""
        ...
