"""What the suite's tests share: where the published files are, and the reference merchant with a receiver."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acp_conformance.receiver import Receiver
from reference.profile import PROFILE, SECRET
from reference.server import Reference
from support import COUNTS, Bench

SPEC = os.environ.get("ACP_SPEC", "")


@pytest.fixture(scope="session")
def spec() -> Path:
    """Give the folder with the protocol's published files, which are nobody's to copy."""
    if not SPEC:
        pytest.skip("ACP_SPEC names no folder with the protocol's published schemas")
    return Path(SPEC)


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.close()


@pytest.fixture
def bench(spec: Path, receiver: Receiver) -> Iterator[Callable[..., Bench]]:
    """Give a maker of reference merchants, wrong in the ways named."""
    made: list[Bench] = []

    def make(*modes: str) -> Bench:
        reference = Reference(modes, SECRET)
        made.append(Bench(reference.start(), reference, spec, receiver, PROFILE))
        reference.hooks.endpoint = receiver.url
        return made[-1]

    yield make
    for each in made:
        each.reference.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts that tests left."""
    for line in COUNTS:
        terminalreporter.write_line(line)
