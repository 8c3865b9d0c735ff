"""What the vault refuses to keep, and why a token does not pay: each by a name of its own."""

from datetime import datetime
from typing import Any

from orderflow.checkout.protocol import ProtocolError
from orderflow.checkout.session import REQUIRES_3DS
from orderflow.runtime.clock import iso
from orderflow.runtime.errors import TransientError

_TOKEN = "$.payment_data.instrument.credential.token"  # noqa: S105 - a path, no secret


class InvalidCardError(ProtocolError):
    """A card that the vault cannot keep."""

    code = "INVALID_CARD"
    http_status = 422


class NoTestCardError(InvalidCardError):
    """The number is none of the test cards."""

    def __init__(self) -> None:
        super().__init__(
            "This vault is a sandbox and takes test cards only; docs/checkout-vault.md lists them.",
            "$.payment_method.number",
        )


class InvalidExpiryError(InvalidCardError):
    """The month or the year that a card is valid to is none."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"{field} is no month or year of a card; send such as 07 and 2031.", f"$.payment_method.{field}"
        )


class InvalidAllowanceError(ProtocolError):
    """The moment that an allowance ends at is none, such as a 31st of February."""

    code = "INVALID_ALLOWANCE"
    http_status = 422

    def __init__(self) -> None:
        super().__init__(
            "expires_at is no moment of the calendar; send such as 2031-07-01T00:00:00Z.", "$.allowance.expires_at"
        )


class VaultUnavailableError(TransientError):
    """The vault did not answer; nothing was charged, and the repeat is the same request."""

    code = "PAYMENT_VAULT_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__("The vault of payment tokens did not answer; send the same request again.")


class TokenRefusedError(ProtocolError):
    """A delegated payment token that does not pay this session; a session answers it as a message."""

    code = "PAYMENT_TOKEN_REFUSED"
    http_status = 422
    message_code = "invalid"
    resolution = "recoverable"

    def __init__(self, text: str) -> None:
        super().__init__(text, _TOKEN)

    def as_message(self) -> dict[str, Any]:
        """Return the protocol's message of it: the session stays, and can be paid with another token."""
        return {
            "type": "error",
            "code": self.message_code,
            "severity": "high",
            "resolution": self.resolution,
            "param": _TOKEN,
            "content_type": "plain",
            "content": self.message,
        }


class TokenUnknownError(TokenRefusedError):
    """There is no such token, or another client delegated it."""

    code = "PAYMENT_TOKEN_UNKNOWN"

    def __init__(self) -> None:
        super().__init__("The payment token is not known here; delegate the payment again.")


class TokenOfOtherSessionError(TokenRefusedError):
    """The token was delegated for another session."""

    code = "PAYMENT_TOKEN_OF_OTHER_SESSION"

    def __init__(self) -> None:
        super().__init__("The payment token is for another checkout session; delegate one for this session.")


class TokenOfOtherMerchantError(TokenRefusedError):
    """The token was delegated for another merchant."""

    code = "PAYMENT_TOKEN_OF_OTHER_MERCHANT"

    def __init__(self, merchant_id: str) -> None:
        super().__init__(f"The payment token is for another merchant; delegate one for {merchant_id}.")


class TokenExpiredError(TokenRefusedError):
    """The token's time is over."""

    code = "PAYMENT_TOKEN_EXPIRED"
    message_code = "expired"

    def __init__(self, expires_at: datetime) -> None:
        super().__init__(f"The payment token expired at {iso(expires_at)}; delegate the payment again.")


class TokenUsedError(TokenRefusedError):
    """The token paid another order already."""

    code = "PAYMENT_TOKEN_USED"
    message_code = "conflict"

    def __init__(self) -> None:
        super().__init__("The payment token was used; delegate the payment again.")


class TokenCurrencyError(TokenRefusedError):
    """The token allows another currency."""

    code = "PAYMENT_TOKEN_CURRENCY"

    def __init__(self, allowed: str, currency: str) -> None:
        super().__init__(
            f"The payment token allows {allowed}, the session is in {currency}; delegate one in {currency}."
        )


class TokenAmountError(TokenRefusedError):
    """The token allows less than the session costs."""

    code = "PAYMENT_TOKEN_AMOUNT"
    message_code = "maximum_exceeded"

    def __init__(self, max_amount: int, amount: int) -> None:
        super().__init__(
            f"The payment token allows {max_amount} minor units, the session costs {amount}; delegate at least that."
        )


class AuthenticationResultMissingError(ProtocolError):
    """The session said that its buyer must be authenticated, and a complete request says nothing of it."""

    code = "REQUIRES_3DS"

    def __init__(self) -> None:
        super().__init__(
            "The session waits for the buyer's authentication (3-D Secure); send its authentication_result, or another "
            "card.",
            "$.authentication_result",
        )


class AuthenticationRequiredError(TokenRefusedError):
    """The card wants its holder authenticated first."""

    code = "PAYMENT_AUTHENTICATION_REQUIRED"
    message_code = REQUIRES_3DS
    resolution = "requires_buyer_input"

    def __init__(self) -> None:
        super().__init__("The buyer must be authenticated (3-D Secure); complete again with an authentication_result.")
