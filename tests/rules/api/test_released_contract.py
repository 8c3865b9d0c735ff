"""The contract keeps what its released version promised, or moves its version."""

from tools.contract_diff import release


def test_the_contract_breaks_nothing_under_the_released_major_version() -> None:
    assert release.findings(release.released(), release.present()) == []


def test_a_route_that_disappears_stops_the_build() -> None:
    old, new = release.released(), release.present()
    new.document["paths"].pop("/orders")
    assert release.findings(old, new)[0] == "/orders: the route is gone"


def test_what_is_released_is_the_document_with_its_codes() -> None:
    assert release.released().version <= release.present().version
    assert {"INVALID_REQUEST", "ORDER_NOT_FOUND", "TIMEOUT"} <= release.released().codes.keys()
