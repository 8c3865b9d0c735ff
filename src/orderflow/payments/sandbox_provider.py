"""The built-in provider: it moves no money, keeps nothing, and its tokens decide what happens."""

from orderflow.payments.errors import PaymentDeclinedError, PaymentProviderUnavailableError, PaymentTimeoutError
from orderflow.payments.provider import CaptureRequest

_DECLINES = {"sandbox_decline": "card_declined", "sandbox_insufficient_funds": "insufficient_funds"}
_FLAKY_FAILURES = 2


class SandboxProvider:
    """Answers by token, the same each time: a function that dies forgets nothing."""

    def capture(self, request: CaptureRequest) -> str:
        match request.token:
            case "sandbox_approve":
                pass
            case "sandbox_timeout":
                raise PaymentTimeoutError
            case "sandbox_flaky" if request.attempt <= _FLAKY_FAILURES:
                raise PaymentProviderUnavailableError
            case "sandbox_flaky":
                pass
            case token:
                raise PaymentDeclinedError(_DECLINES.get(token, "unknown_token"))
        return f"sandbox_{request.idempotency_key}"

    def refund(self, reference: str, *, amount: int, currency: str, idempotency_key: str) -> str:  # noqa: ARG002 - the port's
        return f"sandbox_{idempotency_key}"

    def void(self, idempotency_key: str) -> None:
        """Do nothing: where nothing was ever charged, nothing stays charged."""
