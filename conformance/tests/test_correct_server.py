"""A right merchant passes everything, in both versions."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from acp_conformance.requirement import REGISTRY, V2025, V2026
from acp_conformance.run import Outcome
from reference.profile import DELEGATED, PATIENT
from support import COUNTS, Bench


def test_the_right_server_passes_every_requirement_of_both_versions(
    bench: Callable[..., Bench], tmp_path: Path
) -> None:
    # Given a right merchant, and a suite that noted a key 22 hours ago
    judged = bench()
    judged.profile = PATIENT
    judged.a_day_later(tmp_path / "memory.json")

    # When everything is judged
    results = judged.judge()

    # Then everything passes, and nothing was left out
    assert [
        (each.requirement.id, each.version, each.outcome, each.reason)
        for each in results
        if each.outcome is not Outcome.PASS
    ] == []
    by_version = {version: sum(each.version == version for each in results) for version in (V2026, V2025)}
    assert by_version == {
        V2026: len(REGISTRY),
        V2025: sum(each.older is not None for each in REGISTRY.values()),
    }
    COUNTS.append(f"right server: {by_version[V2026]} of {V2026} and {by_version[V2025]} of {V2025} passed, 100 %")


def test_tokens_are_exchanged_for_cards_where_the_profile_has_no_token(bench: Callable[..., Bench]) -> None:
    judged = bench()
    judged.profile = replace(judged.profile, payment=DELEGATED)
    results = judged.judge("lifecycle.complete", "lifecycle.declined")
    assert {each.outcome for each in results} == {Outcome.PASS}
