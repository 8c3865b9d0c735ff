"""What is required: an id, where the protocol says so, how strongly, and the check that finds out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acp_conformance.shop import Shop

V2025 = "2025-09-29"
V2026 = "2026-04-17"
# Newest first, as the protocol lists versions by preference.
VERSIONS = (V2026, V2025)


class Level(StrEnum):
    """How strongly something is required, in the words of RFC 2119."""

    MUST = "MUST"
    SHOULD = "SHOULD"


MUST, SHOULD = Level.MUST, Level.SHOULD


class NonconformityError(Exception):
    """The server does not do what is required; the message says what was expected and what came."""


class NotApplicableError(Exception):
    """The requirement cannot be judged here; the message says why, and what would make it possible."""


@dataclass(frozen=True)
class Requirement:
    """One thing that a server does or does not do.

    `section` names the document of the protocol (an RFC, an OpenAPI document or a schema) and the place in it. `older`
    is the level under 2025-09-29, None where that version does not know the requirement. `known_defect` names a mistake
    that a widely copied merchant gateway makes.
    """

    id: str
    title: str
    section: str
    level: Level
    older: Level | None
    known_defect: str
    last: bool
    check: Callable[[Shop], None]

    def level_in(self, version: str) -> Level | None:
        return self.older if version == V2025 else self.level


REGISTRY: dict[str, Requirement] = {}
_SAME = object()


def requirement(
    id: str,  # noqa: A002 - what it is called in every report
    title: str,
    section: str,
    level: Level = MUST,
    *,
    older: Level | object | None = _SAME,
    known_defect: str = "",
    last: bool = False,
) -> Callable[[Callable[[Shop], None]], Callable[[Shop], None]]:
    """Register a check; one that disturbs the others is `last`."""

    def register(check: Callable[[Shop], None]) -> Callable[[Shop], None]:
        if id in REGISTRY:
            raise ValueError(f"Two requirements are called {id}.")
        before = level if older is _SAME else older
        assert before is None or isinstance(before, Level)  # noqa: S101 - narrows the sentinel away
        REGISTRY[id] = Requirement(id, title, section, level, before, known_defect, last, check)
        return check

    return register


def expect(condition: object, message: str) -> None:
    """Fail the requirement with this message unless the condition holds."""
    if not condition:
        raise NonconformityError(message)
