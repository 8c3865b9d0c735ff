"""What keeping and using client keys refuses."""

from orderflow.runtime.errors import (
    ConflictError,
    Detail,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    TooManyRequestsError,
    TransientError,
)


class ClientKeyNotFoundError(NotFoundError):
    """There is no client key with this id."""

    code = "CLIENT_KEY_NOT_FOUND"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"There is no client key {key_id}; GET /client-keys lists what there is.")


class KeyNameTakenError(ConflictError):
    """Another key that is not revoked has this name: names tell keys apart, and a repeated request makes no second."""

    code = "CLIENT_KEY_NAME_TAKEN"

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"Client key {key_id} has this name. If its secret was lost, rotate it; else choose another name.",
            [Detail(field="name", issue=f"is the name of {key_id}")],
        )


class ExpiryPassedError(InvalidRequestError):
    """A key is to expire before it is issued."""

    def __init__(self) -> None:
        super().__init__("expiresAt must lie ahead.", [Detail(field="expiresAt", issue="must lie ahead")])


class KeyNotActiveError(ConflictError):
    """The key is revoked or expired: another secret would be of no use."""

    code = "CLIENT_KEY_NOT_ACTIVE"

    def __init__(self, key_id: str, status: str) -> None:
        super().__init__(f"Client key {key_id} is {status}; issue another with POST /client-keys.")


class TooManySecretsError(ConflictError):
    """Three secrets of the key are valid already."""

    code = "CLIENT_KEY_HAS_TOO_MANY_SECRETS"

    def __init__(self, key_id: str, until: str) -> None:
        super().__init__(
            f"Three secrets of client key {key_id} are valid, one of them until {until}; wait, or rotate with "
            "overlapSeconds 0, which ends all of them at once."
        )


class KeyChangedError(TransientError):
    """Others changed the key again and again in the meantime; nothing was written, so repeating is safe."""

    code = "CLIENT_KEY_BUSY"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"Client key {key_id} is being changed by others; try again.")


class MissingScopeError(ForbiddenError):
    """The key is valid and lacks the scope that the route asks for."""

    code = "INSUFFICIENT_SCOPE"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This operation needs the scope '{scope}', which the client key does not have.")


class KeyRateExceededError(TooManyRequestsError):
    """The key has made as many requests as it may in this minute."""

    def __init__(self, rate_per_minute: int, retry_after_seconds: int) -> None:
        super().__init__(
            f"The client key may make {rate_per_minute} requests a minute; wait as long as Retry-After says."
        )
        self.retry_after_seconds = retry_after_seconds
