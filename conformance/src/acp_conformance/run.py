"""Runs requirements against a server and keeps what each one found."""

import functools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from acp_conformance import checks
from acp_conformance.client import Client
from acp_conformance.dialect import DIALECTS
from acp_conformance.exchange import Exchange
from acp_conformance.profile import Profile
from acp_conformance.receiver import Receiver
from acp_conformance.requirement import REGISTRY, VERSIONS, Level, NonconformityError, NotApplicableError, Requirement
from acp_conformance.schemas import Schemas, SpecError
from acp_conformance.shop import Setting, Shop

assert checks.__all__, "importing the checks registers the requirements"  # noqa: S101 - a fault of the package, never of its user


# A bundle is large; it is read once a process.
_schemas = functools.cache(Schemas)


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True)
class Result:
    """What one requirement found under one version, with every request and answer that it looked at."""

    requirement: Requirement
    version: str
    level: Level
    outcome: Outcome
    reason: str
    seconds: float
    exchanges: Sequence[Exchange]

    def shown(self, secrets: Iterable[str]) -> dict[str, Any]:
        return {
            "id": self.requirement.id,
            "version": self.version,
            "title": self.requirement.title,
            "section": self.requirement.section,
            "level": self.level,
            "outcome": self.outcome,
            "reason": self.reason,
            "known_defect": self.requirement.known_defect or None,
            "seconds": round(self.seconds, 3),
            "evidence": [exchange.shown(secrets) for exchange in self.exchanges],
        }


def selected(only: Sequence[str], versions: Sequence[str]) -> list[tuple[str, Requirement, Level]]:
    """Return what a run judges, in its order: version by version, what disturbs others at the very end.

    `only` holds ids, or the beginnings of ids up to a dot.
    """
    found = []
    for version in versions:
        for each in REGISTRY.values():
            level = each.level_in(version)
            wanted = not only or any(each.id == name or each.id.startswith(f"{name}.") for name in only)
            if level and wanted:
                found.append((version, each, level))
    return sorted(found, key=lambda entry: entry[1].last)


def judge(shop: Shop, requirement: Requirement, level: Level) -> Result:
    """Run one check; whatever goes wrong in it is a failure with its reason."""
    begun, first = time.monotonic(), len(shop.client.exchanges)
    outcome, reason = Outcome.PASS, ""
    try:
        requirement.check(shop)
    except NotApplicableError as why:
        outcome, reason = Outcome.NOT_APPLICABLE, str(why)
    except NonconformityError as why:
        outcome, reason = Outcome.FAIL, str(why)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        # An answer of quite another shape: the schema's own requirement says which.
        outcome, reason = Outcome.FAIL, f"An answer has not the shape that it needs ({type(error).__name__}: {error})."
    seen = shop.client.exchanges[first:]
    return Result(requirement, shop.version, level, outcome, reason, time.monotonic() - begun, seen)


def run(
    url: str,
    profile: Profile,
    setting: Setting,
    spec: Path,
    versions: Sequence[str] = VERSIONS,
    only: Sequence[str] = (),
    receiver: Receiver | None = None,
    told: Callable[[Result], object] = bool,
) -> list[Result]:
    """Judge a server; `told` hears of each result as it is there.

    Raises:
        SpecError: the folder lacks a version's schemas.
    """
    plan = selected(only, versions)
    if not plan:
        raise SpecError(f"No requirement is called {', '.join(only)}: --list names them.")
    client = Client(url)
    try:
        shops = {
            version: Shop(client, DIALECTS[version], _schemas(spec, version), profile, setting, receiver)
            for version in versions
        }
        results = []
        for version, requirement, level in plan:
            results.append(judge(shops[version], requirement, level))
            told(results[-1])
        return results
    finally:
        client.close()
