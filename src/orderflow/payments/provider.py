"""The port to whoever moves the money. tests/support/provider_contract.py holds every adapter to it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Charge:
    """What is to be paid, once per key; the same key always comes with the same amount and currency.

    `idempotency_key` is the payment's id, `amount` counts minor units of `currency` (ISO 4217).
    """

    idempotency_key: str
    amount: int
    currency: str


class ChargeState(StrEnum):
    """What became of a charge. NONE: the provider never heard of it, or nothing came of it."""

    NONE = "NONE"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    DECLINED = "DECLINED"
    VOIDED = "VOIDED"


@dataclass(frozen=True)
class ProviderCharge:
    """A charge as the provider knows it; the decline code only with DECLINED."""

    state: ChargeState
    reference: str | None = None
    decline_code: str | None = None


class PaymentProvider(Protocol):
    """Every call may be repeated with the same key and then changes nothing more.

    Each raises PaymentProviderUnavailableError where it surely did nothing or is safe to repeat with the same key
    (busy, failing before any work), and PaymentTimeoutError where the outcome is unknown: ask with `look_up`.
    """

    def authorize(self, charge: Charge, *, token: str, attempt: int) -> str:
        """Hold the amount once per key and return the provider's reference; raises PaymentDeclinedError.

        `attempt` counts from 1 and is no part of the charge's identity.
        """
        ...

    def capture(self, charge: Charge, *, reference: str) -> None:
        """Take what is held, once; already taken is success. Raises PaymentDeclinedError when the hold is gone."""
        ...

    def look_up(self, charge: Charge, *, token: str, reference: str | None) -> ProviderCharge:
        """Return what became of the charge. It asks and never charges; `reference` where one is known."""
        ...

    def void(self, charge: Charge, *, reference: str | None) -> None:
        """See to it that nothing stays held or charged under the key, whatever became of it."""
        ...

    def refund(self, reference: str, *, amount: int, currency: str, idempotency_key: str) -> str:
        """Give back part or all of a captured charge, once per key, and return the refund's reference."""
        ...
