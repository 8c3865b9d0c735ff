"""Which version of the protocol a request speaks, and how closely it is held to it."""

from enum import StrEnum

CURRENT, OLDER = "2026-04-17", "2025-09-29"
SUPPORTED = (CURRENT, OLDER)  # newest first, as errors and discovery list them


class Mode(StrEnum):
    """How closely requests are held to the published schemas.

    STANDARD takes `quantity` beside an item's id, which 2026-04-17 forgot; STRICT refuses it, to the letter. LENIENT
    also takes requests without API-Version and Idempotency-Key, and the shapes of the published examples, which fail
    their own schema: for demonstrations on a developer's machine.
    """

    STRICT = "strict"
    STANDARD = "standard"
    LENIENT = "lenient"


def choose(header: str | None, mode: Mode) -> str:
    """Return the version that the header API-Version asks for.

    Raises MissingApiVersionError (never when lenient) and UnsupportedApiVersionError.
    """
    from orderflow.checkout.dialects.errors import MissingApiVersionError, UnsupportedApiVersionError

    asked = (header or "").strip()
    if asked in SUPPORTED:
        return asked
    if asked:
        raise UnsupportedApiVersionError(asked)
    if mode is Mode.LENIENT:
        return CURRENT
    raise MissingApiVersionError
