"""Each requirement fails a server that is wrong in its respect: none is there that cannot fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from acp_conformance.requirement import REGISTRY, V2025, V2026
from acp_conformance.run import Outcome
from reference.breaks import BREAKS
from reference.wrongs import ANSWERS
from support import COUNTS, Bench

CASES = [(name, mode) for mode, ids in BREAKS.items() for name in ids]


def test_every_requirement_has_a_server_that_breaks_it() -> None:
    assert set(REGISTRY) == {name for name, _ in CASES}
    assert set(ANSWERS) <= set(BREAKS)
    COUNTS.append(f"{len(REGISTRY)} requirements, {len(BREAKS)} broken servers, {len(CASES)} pairs")


@pytest.mark.parametrize(("name", "mode"), CASES, ids=[f"{name}-{mode}" for name, mode in CASES])
def test_a_server_that_is_wrong_in_its_respect_fails_it(
    bench: Callable[..., Bench], tmp_path: Path, name: str, mode: str
) -> None:
    # Given a merchant that is wrong in one respect
    judged = bench(mode)
    versions = [V2026, V2025] if REGISTRY[name].older else [V2026]
    if name == "idempotency.kept":
        judged.a_day_later(tmp_path / "memory.json")

    # When the requirement is judged
    results = [each for each in judged.judge(name) if each.requirement.id == name]

    # Then it fails, under each version that knows it, and says why
    assert [(each.version, each.outcome) for each in results] == [(version, Outcome.FAIL) for version in versions]
    assert all(each.reason and not each.reason.startswith("It could not be judged") for each in results)
