"""Accounts and sign-ins as the contract's schemas."""

from typing import Any

from orderflow.customers.access import Challenge, Registration, Tokens


def registration_json(registration: Registration) -> dict[str, Any]:
    """Return the schema `Registration`."""
    return {"userSub": registration.user_sub, "userConfirmed": registration.confirmed}


def sign_in_json(outcome: Tokens | Challenge) -> dict[str, Any]:
    """Return the schema `SignIn`."""
    if isinstance(outcome, Challenge):
        return {"challenge": outcome.name, "session": outcome.session}
    tokens = {
        "idToken": outcome.id_token,
        "accessToken": outcome.access_token,
        "refreshToken": outcome.refresh_token,
        "expiresIn": outcome.expires_in,
        "tokenType": "Bearer",
    }
    return {name: value for name, value in tokens.items() if value is not None}
