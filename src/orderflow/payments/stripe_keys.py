"""The two secrets of a Stripe account, kept as one JSON text in Secrets Manager."""

import json
import re
from dataclasses import dataclass

from orderflow.payments.errors import PaymentProviderMisconfiguredError, PaymentProviderUnavailableError
from orderflow.runtime.secret import SecretUnavailableError, forget_secret, secret

_FORM = '{"apiKey": "...", "webhookSecret": "..."}'
_VISIBLE = re.compile(r"[!-~]+")  # a stray newline must not become part of a header


@dataclass(frozen=True)
class StripeKeys:
    """Reads the secret of this ARN on first use; shows neither value."""

    arn: str

    def api_key(self) -> str:
        """Return the (restricted) API key; raises PaymentProviderUnavailableError."""
        return self._part("apiKey")

    def webhook_secret(self) -> str:
        """Return the signing secret of the webhook endpoint; raises PaymentProviderUnavailableError."""
        return self._part("webhookSecret")

    def forget(self) -> None:
        """Read anew next time: what was read was refused."""
        forget_secret(self.arn)

    def _part(self, name: str) -> str:
        try:
            parts = json.loads(secret(self.arn))
        except SecretUnavailableError as error:
            raise PaymentProviderUnavailableError from error
        except ValueError:
            parts = None
        value = parts.get(name) if isinstance(parts, dict) else None
        if not isinstance(value, str) or not _VISIBLE.fullmatch(value):
            self.forget()
            raise PaymentProviderMisconfiguredError(f"STRIPE_SECRET_ARN's secret has no {name} in the form {_FORM}")
        return value
