"""The headers that functions send are the document's; a deprecation is a promise with two dates."""

from datetime import date
from typing import Any

import pytest

from tools.answer_headers import DeprecationError, source


def document(**operation: Any) -> dict[str, Any]:
    return {
        "x-orderflow-answer-headers": {"B": "it's 'quoted'", "A": "1"},
        "components": {"headers": {"X-Two": {}, "X-One": {}}},
        "paths": {"/old/{id}": {"parameters": [], "get": operation}, "/new": {"get": {}}},
    }


def generated(**operation: Any) -> dict[str, Any]:
    module: dict[str, Any] = {}
    exec(source(document(**operation)), module)  # noqa: S102 - the generator's own text
    return module


def test_headers_come_as_the_document_has_them() -> None:
    module = generated()
    assert module["EVERY"] == {"A": "1", "B": "it's 'quoted'"}
    assert module["EXPOSED"] == "X-One,X-Two"
    assert module["DEPRECATED"] == {}


def test_a_deprecated_operation_names_both_days_in_the_form_of_their_standards() -> None:
    dates = {"x-orderflow-deprecated-since": date(2026, 12, 1), "x-orderflow-sunset": date(2027, 6, 30)}
    assert generated(deprecated=True, **dates)["DEPRECATED"] == {
        "GET /old/{id}": {"Deprecation": "@1796083200", "Sunset": "Wed, 30 Jun 2027 00:00:00 GMT"}
    }


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        ({}, "x-orderflow-deprecated-since must be a date"),
        ({"x-orderflow-deprecated-since": "2026-12-01"}, "x-orderflow-sunset must be a date"),
        ({"x-orderflow-deprecated-since": "soon"}, "x-orderflow-deprecated-since must be a date"),
        (
            {"x-orderflow-deprecated-since": "2026-12-01", "x-orderflow-sunset": "2027-05-29"},
            "goes 179 days after its deprecation; we promise 180",
        ),
    ],
)
def test_a_deprecation_without_its_days_or_at_short_notice_is_refused(dates: dict[str, str], message: str) -> None:
    with pytest.raises(DeprecationError, match=message):
        source(document(deprecated=True, **dates))
