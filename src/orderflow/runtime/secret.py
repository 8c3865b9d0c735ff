"""Secrets from Secrets Manager: read when first needed, kept for a while in the container, shown to nobody."""

import time
from collections.abc import Callable

from orderflow.runtime.errors import TransientError

MAX_AGE = 300.0  # seconds until a rotated secret is noticed; a secret that was refused is forgotten at once
_read: dict[str, tuple[float, str]] = {}


class SecretUnavailableError(TransientError):
    """Secrets Manager did not answer, and no value was read before; repeating is safe."""

    code = "SECRET_UNAVAILABLE"


def secret(arn: str, *, now: Callable[[], float] = time.monotonic) -> str:
    """Return the secret's text, at most `MAX_AGE` seconds old (IAM: secretsmanager:GetSecretValue).

    While Secrets Manager cannot be reached an older value is used on. A secret that is missing or may not be read is a
    defect and passes through as botocore's error, which names the ARN and never the value.
    """
    known = _read.get(arn)
    if known and now() - known[0] < MAX_AGE:
        return known[1]
    from botocore.exceptions import ConnectionError, HTTPClientError  # noqa: A004 - botocore's names

    from orderflow.runtime.aws import client

    try:
        value = str(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    except (ConnectionError, HTTPClientError) as error:
        if known:
            return known[1]
        raise SecretUnavailableError("Secrets Manager could not be reached; try again.") from error
    _read[arn] = (now(), value)
    return value


def forget_secret(arn: str) -> None:
    """Drop the value: whoever it was shown to refused it, so the next read must be fresh."""
    _read.pop(arn, None)
