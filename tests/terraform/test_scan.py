"""The security gate: it must bite, and our Terraform must pass it."""

from copy import deepcopy
from typing import Any

import pytest

from tests.terraform.hcl_files import ROOT, TERRAFORM
from tools.scan import LEAST_PASSED, judge, scan

CHECK = {
    "check_id": "CKV_AWS_27",
    "check_name": "Ensure all data stored in the SQS queue is encrypted",
    "check_result": {"result": "FAILED"},
    "repo_file_path": "/modules/queue/main.tf",
    "file_line_range": [16, 40],
    "resource": "aws_sqs_queue.this",
}
CLEAN: dict[str, Any] = {
    "results": {"failed_checks": [], "skipped_checks": [], "parsing_errors": []},
    "summary": {"passed": 100, "failed": 0, "skipped": 0, "parsing_errors": 0},
}


@pytest.fixture
def report() -> dict[str, Any]:
    return deepcopy(CLEAN)


def test_a_clean_report_passes(report: dict[str, Any]) -> None:
    assert judge("modules", report, 90).problems == []


def test_a_failed_check_is_a_problem_that_names_its_place(report: dict[str, Any]) -> None:
    report["results"]["failed_checks"] = [CHECK]
    assert judge("modules", report, 90).problems == [
        "modules/queue/main.tf:16 aws_sqs_queue.this CKV_AWS_27: Ensure all data stored in the SQS queue is encrypted"
    ]


def test_a_file_that_cannot_be_parsed_is_a_problem(report: dict[str, Any]) -> None:
    report["results"]["parsing_errors"] = ["modules/queue/main.tf"]
    report["summary"]["parsing_errors"] = 1
    assert judge("modules", report, 90).problems == ["modules/queue/main.tf: checkov cannot parse it"]


@pytest.mark.parametrize("comment", ["", "No comment provided"])
def test_a_skip_without_a_reason_is_a_problem(report: dict[str, Any], comment: str) -> None:
    skipped = CHECK | {"check_result": {"result": "SKIPPED", "suppress_comment": comment}}
    report["results"]["skipped_checks"] = [skipped]
    [problem] = judge("modules", report, 90).problems
    assert "skipped without a reason" in problem


def test_a_skip_with_a_reason_is_none(report: dict[str, Any]) -> None:
    skipped = CHECK | {"check_result": {"result": "SKIPPED", "suppress_comment": "It holds nothing."}}
    report["results"]["skipped_checks"] = [skipped]
    assert judge("modules", report, 90).problems == []


def test_far_fewer_checks_than_before_are_a_problem(report: dict[str, Any]) -> None:
    [problem] = judge("modules", report, 101).problems
    assert "only 100 checks passed" in problem


@pytest.mark.parametrize("empty", [{"passed": 0, "failed": 0}, [], [CLEAN]])
def test_a_folder_in_which_checkov_finds_nothing_is_a_problem(empty: Any) -> None:
    assert judge("modules", empty, 0).problems == ["modules: checkov found no Terraform to check"]


@pytest.mark.parametrize("folder", [TERRAFORM, ROOT / "modules"], ids=lambda folder: folder.name)
def test_checkov_finds_nothing_in_our_terraform(folder: Any) -> None:
    assert judge(folder.name, scan(folder), LEAST_PASSED[folder.name]).problems == []
