"""A client key as its holder has it: `ofk_<key id>_<secret>`. The prefix is there for scanners of leaked secrets."""

import hashlib
import re
import secrets

_KEY = re.compile(r"ofk_([0-9A-HJKMNP-TV-Z]{26})_([0-9a-f]{64})")


def new_secret() -> str:
    """Return 256 random bits as 64 hexadecimal digits."""
    return secrets.token_hex(32)


def key_text(key_id: str, secret: str) -> str:
    """Return the whole key."""
    return f"ofk_{key_id}_{secret}"


def parts(key: str) -> tuple[str, str] | None:
    """Return a key's id and secret, None for what is no key at all."""
    found = _KEY.fullmatch(key)
    return (found[1], found[2]) if found else None


def digest(secret: str) -> str:
    """Return the form in which a secret is kept.

    SHA-256 is enough: nobody can try 2^256 secrets, however fast it is. What makes bcrypt slow protects what people
    think of, and would be paid for by every request.
    """
    return hashlib.sha256(secret.encode()).hexdigest()
