"""Who is calling, read from the claims that API Gateway's Cognito authorizer has verified."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orderflow.runtime.errors import ForbiddenError, NotAuthenticatedError

ADMIN_GROUP = "admin"


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
    if not claims or not claims.get("sub"):
        raise NotAuthenticatedError("This operation needs an Authorization header with an id token from POST /login.")
    if claims.get("token_use") != "id":
        raise NotAuthenticatedError("The token is not an id token; send the idToken that POST /login answered.")
    return Caller(user_id=str(claims["sub"]), groups=_groups(claims.get("cognito:groups")))


def _groups(value: Any) -> frozenset[str]:
    # API Gateway renders a list claim as "[admin staff]"; older stages as "admin,staff".
    if isinstance(value, str):
        value = value.strip("[]").replace(",", " ").split()
    return frozenset(value or ())
