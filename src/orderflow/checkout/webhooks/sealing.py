"""Secrets of webhook endpoints, encrypted with the environment's KMS key for one endpoint each."""

import base64
from typing import Any

from botocore import exceptions

from orderflow.runtime.errors import TransientError

PURPOSE = "webhook-signing"  # the roles' permission is for this encryption context only (modules/checkout)
_TRANSIENT = frozenset({"DependencyTimeoutException", "KMSInternalException", "ThrottlingException"})
_SERVER_ERROR = 500


class KeyServiceUnavailableError(TransientError):
    """KMS did not answer, or asked us to slow down; repeating is safe."""

    code = "KEY_SERVICE_UNAVAILABLE"


class KmsSealer:
    """Encrypts and decrypts (IAM: kms:Encrypt for `seal`, kms:Decrypt for `open`)."""

    def __init__(self, client: Any, key_arn: str) -> None:
        self._client, self._key_arn = client, key_arn
        self._opened: dict[str, str] = {}

    def seal(self, secret: str, endpoint_id: str) -> str:
        """Return the secret encrypted, as base64; raises KeyServiceUnavailableError."""
        answer = self._call("encrypt", Plaintext=secret.encode(), EncryptionContext=_context(endpoint_id))
        return base64.b64encode(answer["CiphertextBlob"]).decode()

    def open(self, sealed: str, endpoint_id: str) -> str:
        """Return a secret that was sealed for this endpoint, asked for once in a container's life.

        Raises KeyServiceUnavailableError.
        """
        if sealed not in self._opened:
            answer = self._call(
                "decrypt", CiphertextBlob=base64.b64decode(sealed), EncryptionContext=_context(endpoint_id)
            )
            self._opened[sealed] = answer["Plaintext"].decode()
        return self._opened[sealed]

    def _call(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, operation)(KeyId=self._key_arn, **arguments)
        except exceptions.ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if error.response["Error"]["Code"] in _TRANSIENT or status >= _SERVER_ERROR:
                raise KeyServiceUnavailableError("The key service asked to slow down; try again.") from error
            raise
        except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
            raise KeyServiceUnavailableError("The key service could not be reached; try again.") from error


def _context(endpoint_id: str) -> dict[str, str]:
    return {"purpose": PURPOSE, "endpointId": endpoint_id}
