"""The tests of the API's page find the browser that a machine has, under whatever name."""

import subprocess
from pathlib import Path

import pytest

from tools.paths import ROOT


def found(folder: Path, **environment: str) -> str:
    done = subprocess.run(
        ["/bin/sh", str(ROOT / "tools/find_chromium.sh")],
        env={"PATH": str(folder), **environment},
        capture_output=True, text=True, timeout=10, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def program(path: Path) -> Path:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_on_the_path_is_found(name: str, tmp_path: Path) -> None:
    browser = program(tmp_path / name)
    assert found(tmp_path) == str(browser)


def test_a_browser_that_is_named_goes_before_others(tmp_path: Path) -> None:
    program(tmp_path / "google-chrome")
    named = program(tmp_path / "my-browser")
    assert found(tmp_path, ORDERFLOW_CHROMIUM=str(named)) == str(named)


def test_nothing_is_said_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "chromium").write_text("not a program")
    assert found(tmp_path) == ""
