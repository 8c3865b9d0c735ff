"""Nothing rewrites the audit trail: functions may add an entry, and one may read them by their owner."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2
import pytest

from tests.rules.architecture.settings_supplied import functions
from tests.rules.architecture.source import ROOT

TRAIL = "audit_trail_table"
ADD, READ = ["dynamodb:PutItem"], ["dynamodb:Query"]


def granted(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield actions and resources of every statement that names the trail."""
    for statement in statements(hcl2.loads(text)):
        actions, resources = ([str(each).strip('"') for each in statement[key]] for key in ("actions", "resources"))
        if any(TRAIL in resource for resource in resources):
            yield actions, resources


def statements(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if {"actions", "resources"} <= value.keys():
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from statements(each)


def files() -> list[Path]:
    found = [path for folder in ("modules", "terraform") for path in sorted((ROOT / folder).rglob("*.tf"))]
    return [path for path in found if ".terraform" not in path.parts]


def wrong(text: str) -> list[tuple[list[str], list[str]]]:
    """Return what is granted on the trail beyond adding to the table, and reading its index."""
    return [
        (actions, resources)
        for actions, resources in granted(text)
        if (actions, "index" in "".join(resources)) not in [(ADD, False), (READ, True)] or len(resources) > 1
    ]


def test_a_function_may_add_to_the_trail_or_read_its_index_and_nothing_else() -> None:
    assert {str(path.relative_to(ROOT)): found for path in files() if (found := wrong(path.read_text()))} == {}
    assert [actions for path in files() for actions, _ in granted(path.read_text())].count(ADD) >= 2


@pytest.mark.parametrize(
    ("actions", "resource"),
    [
        ('"dynamodb:PutItem", "dynamodb:UpdateItem"', "var.audit_trail_table.arn"),
        ('"dynamodb:DeleteItem"', "module.audit_trail_table.arn"),
        ('"dynamodb:GetItem"', "var.audit_trail_table.arn"),
        ('"dynamodb:Query"', "var.audit_trail_table.arn"),
        ('"dynamodb:PutItem"', 'module.audit_trail_table.index_arns["by-owner"]'),
    ],
)
def test_any_other_grant_is_found(actions: str, resource: str) -> None:
    text = f'locals {{\n  x = {{\n    sid = "S"\n    actions = [{actions}]\n    resources = [{resource}]\n  }}\n}}\n'
    assert len(wrong(text)) == 1


def test_nobody_but_who_changes_or_reads_something_knows_the_trail() -> None:
    telling = {function.operation for function in functions() if "AUDIT_TRAIL_TABLE" in function.settings}
    assert {"place_order", "update_product", "ship_order"} <= telling
    assert telling.isdisjoint(
        {"list_orders", "get_product", "reserve_stock", "capture_payment", "start_order_workflow"}
    )
