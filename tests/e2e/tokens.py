"""Id tokens that the user pool would never give: out of date, or signed by somebody else."""

import base64
import json
import time
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.e2e.conftest import Stack


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says, unverified."""
    return _decoded(token.split(".")[1])


class Pool:
    """The stack's user pool with its own key, which the emulator keeps in a file."""

    def __init__(self, stack: Stack) -> None:
        pem = stack.local.folder / "state" / "cognito-pool-keys" / f"{stack.output('cognito_user_pool_id')}-id.pem"
        key = serialization.load_pem_private_key(pem.read_bytes(), password=None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self._key = key

    def signed(self, token: str, **claims: Any) -> str:
        """Return the token with other claims, signed as the pool signs."""
        return _signed(token, self._key, claims)

    def expired(self, token: str) -> str:
        """Return the token as it is an hour after its end: Cognito gives none that is valid for less than 5 minutes."""
        end = int(time.time()) - 3600
        return self.signed(token, exp=end, iat=end - 3600, auth_time=end - 3600)


def forged(token: str, **claims: Any) -> str:
    """Return the token with other claims under the pool's key id, signed with a key of ours."""
    return _signed(token, rsa.generate_private_key(public_exponent=65537, key_size=2048), claims)


def _signed(token: str, key: rsa.RSAPrivateKey, claims: dict[str, Any]) -> str:
    head = token.split(".")[0]
    text = f"{head}.{_encoded(json.dumps(claims_of(token) | claims).encode())}"
    return f"{text}.{_encoded(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
