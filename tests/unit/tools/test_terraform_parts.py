"""Terraform is run with a mended environment, and says what went wrong in few words."""

import subprocess
from pathlib import Path

import pytest

from tools import environment, fingerprint, steps, terraform
from tools.terminal import ToolError


def test_a_cli_configuration_that_does_not_exist_is_dropped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "absent"))
    assert "TF_CLI_CONFIG_FILE" not in terraform.base_environment()
    (tmp_path / "there").touch()
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "there"))
    assert terraform.base_environment()["TF_CLI_CONFIG_FILE"] == str(tmp_path / "there")


def test_a_mirror_named_by_the_variable_reaches_init(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "registry.terraform.io").mkdir()
    monkeypatch.setenv("ORDERFLOW_PROVIDER_MIRROR", str(tmp_path))
    monkeypatch.setenv("TF_CLI_ARGS_init", "-get=false")
    assert terraform.base_environment()["TF_CLI_ARGS_init"] == f"-get=false -plugin-dir={tmp_path}"


def test_a_mirror_without_providers_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ORDERFLOW_PROVIDER_MIRROR", str(tmp_path))
    with pytest.raises(ToolError, match=r"ORDERFLOW_PROVIDER_MIRROR=.* holds no registry\.terraform\.io folder"):
        terraform.base_environment()


def test_of_a_long_output_the_errors_are_shown() -> None:
    output = "Refreshing...\nPlan: 3 to add\n\n│ Error: creating queue\n│ because of this\n"
    assert terraform.errors_in(output) == "│ Error: creating queue\n│ because of this"


def test_an_output_without_an_error_word_shows_its_end() -> None:
    assert terraform.errors_in("\n".join(map(str, range(100)))).splitlines() == [str(n) for n in range(80, 100)]


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ('{"terraform_version": "1.10.5"}', "Terraform 1.10.5 is too old"),
        ("There are some problems with the CLI configuration", "`terraform version` failed: There are some problems"),
    ],
)
def test_a_terraform_that_will_not_do_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, answer: str, complaint: str
) -> None:
    monkeypatch.setattr(terraform.shutil, "which", lambda _: "terraform")
    monkeypatch.setattr(
        terraform.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, stdout=answer, stderr="")
    )
    terraform.program.cache_clear()
    with pytest.raises(ToolError, match=complaint):
        terraform.program()
    terraform.program.cache_clear()


def test_a_missing_terraform_says_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terraform.shutil, "which", lambda _: None)
    terraform.program.cache_clear()
    with pytest.raises(ToolError, match="terraform is not on PATH: install"):
        terraform.program()


@pytest.mark.parametrize(("name", "said"), [("", "Which environment"), ("qa", "'qa' is no environment")])
def test_an_environment_must_be_one_of_ours(name: str, said: str) -> None:
    with pytest.raises(ToolError, match=f"{said}.*ENV=dev, ENV=staging or ENV=prod"):
        environment.Environment(name)


def test_nothing_is_applied_that_was_not_planned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(environment, "STACKS", tmp_path)
    with pytest.raises(ToolError, match="no saved plan: look at one first with `make plan ENV=dev`"):
        environment.Environment("dev").apply()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name in (
        "terraform/main.tf",
        "modules/api/openapi.yaml",
        "workflows/x.asl.json",
        "modules/api/tests/a.tftest.hcl",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


MANIFEST = {"functions": {"buy": {"sha256": "1"}}}


@pytest.mark.parametrize("name", ["terraform/main.tf", "modules/api/openapi.yaml", "workflows/x.asl.json"])
def test_a_changed_file_is_something_to_apply(sources: Path, name: str) -> None:
    before = fingerprint.of_inputs(MANIFEST, {}, sources)
    (sources / name).write_text("y")
    assert fingerprint.of_inputs(MANIFEST, {}, sources) != before


def test_a_changed_zip_or_endpoint_is_something_to_apply(sources: Path) -> None:
    prints = {
        fingerprint.of_inputs(MANIFEST, {"endpoint": "1"}, sources),
        fingerprint.of_inputs(MANIFEST, {"endpoint": "2"}, sources),
        fingerprint.of_inputs({"functions": {"buy": {"sha256": "2"}}}, {"endpoint": "1"}, sources),
    }
    assert len(prints) == 3


def test_a_changed_variable_of_the_shell_is_something_to_apply(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint.of_inputs(MANIFEST, {}, sources)
    monkeypatch.setenv("TF_VAR_notification_subscriptions", '{ alarms = [{ phone_number = "+4915112345678" }] }')
    assert fingerprint.of_inputs(MANIFEST, {}, sources) != before


def test_a_changed_test_is_nothing_to_apply(sources: Path) -> None:
    before = fingerprint.of_inputs(MANIFEST, {}, sources)
    (sources / "modules/api/tests/a.tftest.hcl").write_text("y")
    (sources / "modules/api/README.md").write_text("y")
    assert fingerprint.of_inputs(MANIFEST, {}, sources) == before


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("12 passed in 3.21s", {"passed": 12}),
        ("===== 1 failed, 2 passed, 3 skipped in 0.10s =====", {"failed": 1, "passed": 2, "skipped": 3}),
        ("2 passed, 1 error in 0.5s", {"passed": 2, "failed": 1}),
        ("\x1b[32m4 passed\x1b[0m, 0 failed", {"passed": 4, "failed": 0}),
        ("the 3 passed orders", {}),
        ("collected 12 items", {}),
    ],
)
def test_a_closing_line_is_counted_and_nothing_else(line: str, counts: dict[str, int]) -> None:
    assert steps.counts_in(line) == counts
