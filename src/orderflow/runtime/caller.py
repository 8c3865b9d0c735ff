"""Who is calling: a person, by the claims that API Gateway's Cognito authorizer has verified, or a machine, by the
context that our own authorizer gave its key. Neither passes for the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orderflow.runtime.errors import ForbiddenError, NotAuthenticatedError

ADMIN_GROUP = "admin"
# The same words as API Gateway's answer to a key that the authorizer refused (modules/api/gateway_responses.tf).
REFUSED_KEY = "The client key is unknown, wrong, replaced, expired or revoked; ask an administrator for a valid one."


@dataclass(frozen=True)
class Caller:
    """An authenticated person: the Cognito `sub` and the groups that the pool vouches for."""

    user_id: str
    groups: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_admin(self) -> bool:
        return ADMIN_GROUP in self.groups

    def require_admin(self) -> None:
        """Raise ForbiddenError unless the caller is in the group `admin`."""
        if not self.is_admin:
            raise ForbiddenError("This operation needs the group 'admin'; sign in as an administrator.")


def caller_from_claims(claims: Mapping[str, Any] | None) -> Caller:
    """Return the caller, or raise NotAuthenticatedError.

    An access token is refused here as well: API Gateway on AWS does so for methods without scopes,
    the local emulator lets it pass.
    """
    if not isinstance(claims, Mapping) or not claims.get("sub"):
        raise NotAuthenticatedError("This operation needs an Authorization header with an id token from POST /login.")
    if claims.get("token_use") != "id":
        raise NotAuthenticatedError("The token is not an id token; send the idToken that POST /login answered.")
    return Caller(user_id=str(claims["sub"]), groups=_groups(claims.get("cognito:groups")))


@dataclass(frozen=True)
class Client:
    """An authenticated machine: its key, which of the key's secrets it showed, and what the key may do.

    `owner` is the user id of the administrator who answers for it.
    """

    key_id: str
    secret_serial: int
    scopes: frozenset[str]
    owner: str
    rate_per_minute: int


class ClientRefusedError(NotAuthenticatedError):
    """A client key that is not valid. Its holder is not told why: `reason` and `key_id` are for the log."""

    def __init__(self, reason: str, key_id: str | None = None) -> None:
        super().__init__(REFUSED_KEY)
        self.reason, self.key_id = reason, key_id


def client_context(client: Client) -> dict[str, str | int]:
    """Return the client as the context of an authorizer's answer, which holds plain values only."""
    return {
        "keyId": client.key_id,
        "secretSerial": client.secret_serial,
        "scopes": " ".join(sorted(client.scopes)),
        "owner": client.owner,
        "ratePerMinute": client.rate_per_minute,
    }


def nobody_context(*, has_shown_a_key: bool) -> dict[str, str]:
    """Return the context of a request that is let as far as its function, which refuses it."""
    return {"refused": "key"} if has_shown_a_key else {}


def client_from_context(context: Mapping[str, Any] | None) -> Client:
    """Return the machine behind a context as API Gateway hands it on, every value a text.

    Raises NotAuthenticatedError, also for a person: what a route means for machines is not theirs to call.
    """
    if context and "refused" in context:
        raise NotAuthenticatedError(REFUSED_KEY)
    if not context or "claims" in context or not context.get("keyId"):
        raise NotAuthenticatedError("This operation needs the header `Authorization: Bearer <client key>`.")
    return Client(
        key_id=str(context["keyId"]),
        secret_serial=int(context["secretSerial"]),
        scopes=frozenset(str(context.get("scopes", "")).split()),
        owner=str(context["owner"]),
        rate_per_minute=int(context["ratePerMinute"]),
    )


def _groups(value: Any) -> frozenset[str]:
    # API Gateway renders a list claim as "[admin staff]"; older stages as "admin,staff".
    if isinstance(value, str):
        value = value.strip("[]").replace(",", " ").split()
    return frozenset(value or ())
