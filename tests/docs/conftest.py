"""A browser to look at the API's page with, and the page as `make docs` writes it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.contract_document import document
from tools.apidocs.page import page
from tools.paths import ROOT

# Nothing but the page: no sandbox for root (which Chromium refuses to start otherwise), no calls home, no names.
_SWITCHES = ["--no-sandbox", "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start a Chromium of this machine; without one the layer is skipped, but never in CI."""
    found = subprocess.run([ROOT / "tools/find_chromium.sh"], capture_output=True, text=True, timeout=10, check=True)
    program = found.stdout.strip()
    if not program:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("no Chromium here: `apt-get install chromium`, or name one in ORDERFLOW_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def html() -> str:
    return page(document())


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "index.html"
