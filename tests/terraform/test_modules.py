"""What holds for every module and the root, also for one that is added tomorrow."""

import re
from pathlib import Path

import pytest

from tests.terraform.hcl_files import FOLDERS, MODULES, ROOT, blocks, name_of, parsed

every_folder = pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
every_module = pytest.mark.parametrize("folder", MODULES, ids=name_of)
RUN = re.compile(r'^run "([^"]*)"', re.MULTILINE)


@every_folder
def test_every_variable_has_a_type_a_description_and_a_validation(folder: Path) -> None:
    lacking = {
        name: missing
        for name, body in blocks(folder, "variable")
        if (missing := {"type", "description", "validation"} - body.keys())
    }
    assert lacking == {}


@every_folder
def test_no_variable_takes_any_type(folder: Path) -> None:
    assert [name for name, body in blocks(folder, "variable") if re.search(r"\bany\b", str(body["type"]))] == []


@every_folder
def test_every_output_is_described(folder: Path) -> None:
    assert [name for name, body in blocks(folder, "output") if not body.get("description")] == []


@every_folder
def test_the_run_names_are_sentences_and_each_occurs_once(folder: Path) -> None:
    runs = [name for path in sorted(folder.glob("tests/*.tftest.hcl")) for name in RUN.findall(path.read_text())]
    assert runs, f"{name_of(folder)} has no terraform test"
    assert [name for name in runs if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+){3,}", name)] == []
    assert sorted(runs) == sorted(set(runs))


@every_module
def test_the_readme_names_every_input_and_output(folder: Path) -> None:
    readme = (folder / "README.md").read_text()
    names = [name for kind in ("variable", "output") for name, _ in blocks(folder, kind)]
    assert [name for name in names if f"`{name}`" not in readme] == []


@every_folder
def test_terraform_and_provider_versions_are_the_same_everywhere(folder: Path) -> None:
    [(_, settings)] = [("", body) for body in _terraform_blocks(folder) if "required_version" in body]
    [providers] = settings["required_providers"]
    assert settings["required_version"] == ">= 1.11"
    assert (providers["aws"]["source"], providers["aws"]["version"]) == ("hashicorp/aws", "~> 5.100")


def test_the_copies_of_the_platform_variable_are_equal() -> None:
    copies = {path.read_text() for path in (ROOT / "modules").glob("*/platform.tf")}
    assert len(copies) == 1


def test_the_log_group_is_made_before_the_function() -> None:
    function = dict(blocks(ROOT / "modules" / "lambda_function", "resource"))["aws_lambda_function.this"]
    assert "${aws_cloudwatch_log_group.this}" in function["depends_on"]


def test_every_function_has_its_handler_and_its_stand_in_for_tests() -> None:
    functions = {
        body["operation"]: body["context"]
        for folder in FOLDERS
        for _, body in blocks(folder, "module")
        if body["source"].endswith("/lambda_function")
    }
    handlers = {path.stem: path.parent.name for path in (ROOT / "src" / "handlers").glob("*/[!_]*.py")}
    assert functions == handlers
    assert {path.stem for path in (ROOT / "tests" / "terraform" / "packages").glob("*.zip")} == set(functions)


@every_folder
def test_every_alarm_names_a_runbook_that_exists(folder: Path) -> None:
    text = "\n".join(path.read_text() for path in folder.glob("*.tf"))
    named = set(re.findall(r"docs/runbooks/([\w.${}-]+?\.md)", text))
    assert [name for name in named if not (ROOT / "docs" / "runbooks" / name).is_file()] == []
    if any(label.startswith("aws_cloudwatch_metric_alarm.") for label, _ in blocks(folder, "resource")):
        assert named


@every_folder
def test_every_role_is_pinned_to_this_account(folder: Path) -> None:
    # What trusts a service without aws:SourceAccount can be used by anybody's resource of that service.
    roles = [body for label, body in blocks(folder, "resource") if label.startswith("aws_iam_role.")]
    trust = "\n".join(path.read_text() for path in folder.glob("*.tf"))
    assert not roles or trust.count("aws:SourceAccount") >= len(roles)


@every_folder
def test_nothing_is_allowed_by_wildcard(folder: Path) -> None:
    text = "\n".join(line for path in folder.glob("*.tf") for line in path.read_text().splitlines())
    granted = re.findall(r"(?:actions|Action)\s*=\s*\[([^\]]*)\]", text)
    assert [actions for actions in granted if "*" in actions] == []


def _terraform_blocks(folder: Path) -> list[dict]:
    return [body for path in sorted(folder.glob("*.tf")) for body in parsed(path).get("terraform", [])]
