"""Which provider an environment pays with."""

from orderflow.payments.provider import PaymentProvider
from orderflow.runtime.settings import SettingMissingError


def payment_provider(name: str) -> PaymentProvider:
    """Return the adapter `name` (setting PAYMENT_PROVIDER); raises SettingMissingError for one there is not."""
    if name == "sandbox":
        from orderflow.payments.sandbox_provider import SandboxProvider

        return SandboxProvider()
    if name == "stripe":
        from orderflow.payments.stripe_provider import stripe_provider

        return stripe_provider()
    raise SettingMissingError(
        f"PAYMENT_PROVIDER is {name!r}, and there is no such adapter; set it to 'sandbox' or 'stripe'."
    )
