"""The contract keeps what its released version promised, or moves its version."""

import pytest

from tools.contract_diff import release
from tools.contract_diff.__main__ import publish
from tools.terminal import ToolError


def test_the_contract_breaks_nothing_under_the_released_major_version() -> None:
    assert release.findings(release.released(), release.present()) == []


def test_a_route_that_disappears_stops_the_build() -> None:
    old, new = release.released(), release.present()
    new.document["paths"].pop("/orders")
    assert release.findings(old, new)[0] == "/orders: the route is gone"


def test_what_is_released_is_the_document_with_its_codes() -> None:
    assert release.released().version <= release.present().version
    assert {"INVALID_REQUEST", "ORDER_NOT_FOUND", "TIMEOUT"} <= release.released().codes.keys()


def test_releasing_freezes_the_document_and_does_so_once(tmp_path, monkeypatch) -> None:
    # Given
    file = tmp_path / "openapi.released.yaml"
    file.write_text(release.RELEASED.read_text(encoding="utf-8").replace("  version: 1.", "  version: 0.", 1))
    monkeypatch.setattr(release, "RELEASED", file)
    # When
    publish()
    # Then
    assert release.released().document["paths"] == release.present().document["paths"]
    assert release.released().codes == release.present().codes
    with pytest.raises(ToolError, match="is released already"):
        publish()
