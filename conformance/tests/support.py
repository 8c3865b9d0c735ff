"""Runs requirements against a reference merchant, as the tests ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from acp_conformance.profile import Profile
from acp_conformance.receiver import Receiver
from acp_conformance.requirement import VERSIONS
from acp_conformance.run import Outcome, Result, run
from acp_conformance.shop import Setting
from reference.profile import SECRET
from reference.server import Reference

# What pytest's last lines tell of a run.
COUNTS: list[str] = []


@dataclass
class Bench:
    """One reference merchant, and how to judge it."""

    url: str
    reference: Reference
    spec: Path
    receiver: Receiver
    profile: Profile
    setting: Setting = field(default_factory=lambda: Setting("good-key", other_key="other-key", webhook_secret=SECRET))

    def judge(self, *only: str, versions: Sequence[str] = VERSIONS) -> list[Result]:
        return run(self.url, self.profile, self.setting, self.spec, versions, only, self.receiver)

    def a_day_later(self, memory: Path) -> None:
        """Note a create now, and let merchant and suite be 22 hours on."""
        self.setting = replace(self.setting, memory=memory)
        self.judge("idempotency.kept")
        now, later = self.setting.now, 22 * 3600
        self.setting = replace(self.setting, now=lambda: now() + later)
        self.reference.now = self.setting.now


def outcomes(results: Sequence[Result]) -> dict[str, Outcome]:
    return {f"{result.version} {result.requirement.id}": result.outcome for result in results}
