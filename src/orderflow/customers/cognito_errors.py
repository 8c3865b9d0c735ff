"""Cognito's errors, translated in one place: a reply of its may name an account, ours may not."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore import exceptions

from orderflow.customers.errors import IdentityThrottledError, IdentityUnavailableError, WeakPasswordError

_THROTTLED = frozenset({"TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException"})
# The last three: what a trigger of ours failed at. The call itself is done then, and safe to repeat.
_UNAVAILABLE = frozenset({
    "InternalErrorException",
    "InternalServerError",
    "ServiceUnavailable",
    "InvalidLambdaResponseException",
    "UnexpectedLambdaException",
    "UserLambdaValidationException",
})  # fmt: skip


@contextmanager
def translated(meaning: Mapping[str, type[Exception]]) -> Iterator[None]:
    """Turn Cognito's errors into ours: by `meaning` for this call, else what any call may meet.

    Causes are cut off: Cognito's messages and botocore's requests can hold an e-mail address or a password.
    """
    try:
        yield
    except exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "InvalidPasswordException":
            raise WeakPasswordError(_policy_reason(error)) from None
        if code in meaning:
            raise meaning[code]() from None
        if code in _THROTTLED:
            raise IdentityThrottledError from None
        if code in _UNAVAILABLE:
            raise IdentityUnavailableError from None
        raise
    except exceptions.ParamValidationError:
        # botocore knows Cognito's lengths and refuses what Cognito would: a session of three letters, for example.
        if "InvalidParameterException" not in meaning:
            raise
        raise meaning["InvalidParameterException"]() from None
    except (exceptions.ConnectionError, exceptions.HTTPClientError):
        raise IdentityUnavailableError from None


def _policy_reason(error: exceptions.ClientError) -> str:
    # Cognito says: Password did not conform with policy: Password not long enough
    return str(error.response["Error"].get("Message", "")).partition("policy: ")[2] or "it breaks the password policy"
