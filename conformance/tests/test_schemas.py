"""The published files are read as they were meant, defects and all."""

import json
from pathlib import Path
from typing import Any

import pytest

from acp_conformance.requirement import V2025, V2026, NonconformityError
from acp_conformance.schemas import Schemas, SpecError


def session(**more: Any) -> dict[str, Any]:
    needed = {"id": "cs_1", "status": "completed", "currency": "eur"}
    lists = {name: [] for name in ("line_items", "totals", "fulfillment_options", "messages", "links")}
    return needed | lists | more


ORDER = {"id": "o_1", "checkout_session_id": "cs_1", "permalink_url": "https://shop.example/o_1"}


def test_quantity_one_is_valid_though_the_older_schema_writes_draft_4(spec: Path) -> None:
    schemas = Schemas(spec, V2025)
    assert schemas.faults("Item", {"id": "a", "quantity": 1}) == []
    assert schemas.faults("Item", {"id": "a", "quantity": 0}) != []


@pytest.mark.parametrize("version", [V2025, V2026])
def test_a_session_with_an_order_can_be_valid(spec: Path, version: str) -> None:
    more = {"capabilities": {}} if version == V2026 else {}
    schemas = Schemas(spec, version)
    schemas.require_order(session(order=ORDER, **more))
    with pytest.raises(NonconformityError, match="has no order"):
        schemas.require_order(session(**more))
    with pytest.raises(NonconformityError, match="permalink_url"):
        schemas.require_order(session(order={"id": "o_1", "checkout_session_id": "cs_1"}, **more))


def test_formats_are_looked_at(spec: Path) -> None:
    faults = Schemas(spec, V2026).faults("CheckoutSession", session(capabilities={}, expires_at="tomorrow"))
    assert len(faults) == 1
    assert "date-time" in faults[0]


def test_a_folder_without_the_files_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"schema\.agentic_checkout\.json"):
        Schemas(tmp_path, V2026)
    (tmp_path / V2026 / "json-schema").mkdir(parents=True)
    (tmp_path / V2026 / "json-schema" / "schema.agentic_checkout.json").write_text(
        json.dumps({"$defs": {}, "$schema": ""})
    )
    with pytest.raises(SpecError, match="no type Order"):
        Schemas(tmp_path, V2026).faults("Order", {})
