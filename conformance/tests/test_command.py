"""The console command: exit codes, the JSON report, and no secret in either."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hatchling.build import build_wheel

from acp_conformance.cli import main
from support import Bench

ROOT = Path(__file__).parent.parent
PROFILE = """
[shop]
items = [{id = "shirt"}, {id = "mug"}]
currency = "eur"
[payment]
token = "tok_good"
"""


@pytest.fixture
def command(tmp_path: Path, spec: Path) -> Callable[..., int]:
    """Give the command, with a profile and the published files; it returns the exit code."""
    profile = tmp_path / "shop.toml"
    profile.write_text(PROFILE, encoding="utf-8")

    def run(*arguments: str) -> int:
        try:
            main([*arguments, "--key", "good-key", "--profile", str(profile), "--spec", str(spec)])
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    return run


def test_a_server_that_conforms_ends_with_0(
    bench: Callable[..., Bench], command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(bench().url, "--only", "lifecycle.update") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "4 passed, 0 failed, 0 not applicable"


def test_a_must_that_fails_ends_with_1_and_shows_request_and_answer(
    bench: Callable[..., Bench], command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(bench("success_is_201").url, "--only", "lifecycle.complete", "--api-version", "2026-04-17") == 1
    said = capsys.readouterr().out
    assert "FAIL  2026-04-17  MUST    lifecycle.complete: Complete answers 200  [rfc.agentic_checkout §4.4]" in said
    assert "> POST http" in said
    assert "< 201" in said
    assert said.splitlines()[-1] == "2 passed, 1 failed, 0 not applicable"


def test_a_should_that_fails_only_counts_when_strict(bench: Callable[..., Bench], command: Callable[..., int]) -> None:
    url = bench("no_key_echo").url
    assert command(url, "--only", "header.idempotency_key") == 0
    assert command(url, "--only", "header.idempotency_key", "--strict") == 1


def test_what_cannot_be_judged_says_why(
    bench: Callable[..., Bench], command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(bench().url, "--only", "idempotency.5xx", "--api-version", "2026-04-17") == 0
    said = capsys.readouterr().out
    assert "n/a   2026-04-17  MUST    idempotency.5xx" in said
    assert "payment.failing_token" in said
    assert said.splitlines()[-1] == "0 passed, 0 failed, 1 not applicable"


def test_a_server_that_is_not_there_fails_with_its_reason(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("http://127.0.0.1:9", "--only", "lifecycle.create.items") == 1
    assert "ConnectError" in capsys.readouterr().out


def test_the_json_report_has_the_evidence_and_no_secret(
    bench: Callable[..., Bench], command: Callable[..., int], tmp_path: Path
) -> None:
    # When two requirements are judged into a file
    path = tmp_path / "report.json"
    command(bench("success_is_201").url, "--only", "lifecycle.complete", "--json", str(path))

    # Then it says what was judged and shows every request
    text = path.read_text(encoding="utf-8")
    report = json.loads(text)
    assert report["conforms"] is False
    assert report["counts"] == {"pass": 4, "fail": 2, "not applicable": 0}
    first = report["results"][0]
    told = {name: first[name] for name in ("id", "version", "level", "outcome", "section", "known_defect")}
    assert told == {
        "id": "lifecycle.complete",
        "version": "2026-04-17",
        "level": "MUST",
        "outcome": "fail",
        "section": "rfc.agentic_checkout §4.4",
        "known_defect": "success is always 201",
    }
    assert [each["answer"]["status"] for each in first["evidence"]] == [201, 201]
    assert first["evidence"][0]["request"]["headers"]["authorization"] == "Bearer ***"
    # And neither key nor token is in it
    assert "good-key" not in text
    assert "tok_good" not in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Not given: url, key, profile, spec"),
        (["http://x", "--key", "k", "--profile", "none.toml", "--spec", "none"], "none.toml cannot be read"),
    ],
)
def test_what_is_not_given_ends_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert said in capsys.readouterr().err


def test_a_requirement_that_does_not_exist_ends_with_2(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("http://127.0.0.1:9", "--only", "no.such") == 2
    assert "No requirement is called no.such" in capsys.readouterr().err


def test_webhooks_need_a_secret_and_a_place(command: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert command("http://127.0.0.1:9", "--webhook-listen", "127.0.0.1:0") == 2
    assert "--webhook-secret" in capsys.readouterr().err
    assert command("http://127.0.0.1:9", "--webhook-listen", "here", "--webhook-secret", "s") == 2
    assert "HOST:PORT" in capsys.readouterr().err


def test_the_list_names_every_requirement(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--list"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"{len(lines) - 1} requirements"
    assert any(line.startswith("cancel.reason: ") and line.endswith("2026-04-17 only") for line in lines)


def test_the_package_installs_a_console_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given the wheel that pip would build, without a network
    monkeypatch.chdir(ROOT)
    wheel = tmp_path / build_wheel(str(tmp_path))

    # When it lies on the path and its command is called
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
        entry = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        points = archive.read(entry).decode()
    done = subprocess.run(
        [sys.executable, "-m", "acp_conformance", "--version"],
        env={"PYTHONPATH": str(tmp_path / "site")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    # Then it answers
    assert "acp-conformance = acp_conformance.cli:main" in points
    assert done.stdout.startswith("acp-conformance ")
