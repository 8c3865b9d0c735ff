"""A request says which version of the protocol it speaks, or is told which ones there are."""

import pytest

from orderflow.checkout.dialects.errors import MissingApiVersionError, UnsupportedApiVersionError
from orderflow.checkout.dialects.version import CURRENT, OLDER, SUPPORTED, Mode, choose
from orderflow.checkout.protocol import wire_error


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("version", [CURRENT, OLDER])
def test_each_supported_version_is_spoken_in_every_mode(version: str, mode: Mode) -> None:
    assert choose(version, mode) == choose(f" {version} ", mode) == version


@pytest.mark.parametrize("header", [None, "", "  "])
@pytest.mark.parametrize("mode", [Mode.STRICT, Mode.STANDARD])
def test_a_missing_version_is_refused_with_the_ones_there_are_newest_first(header: str | None, mode: Mode) -> None:
    with pytest.raises(MissingApiVersionError) as caught:
        choose(header, mode)
    assert caught.value.http_status == 400
    assert wire_error(caught.value) == {
        "type": "invalid_request",
        "code": "missing_api_version",
        "message": "The header API-Version is missing; send one of 2026-04-17, 2025-09-29.",
        "supported_versions": ["2026-04-17", "2025-09-29"],
    }


def test_a_missing_version_means_the_newest_where_the_mode_is_lenient() -> None:
    assert choose(None, Mode.LENIENT) == choose("", Mode.LENIENT) == CURRENT == SUPPORTED[0]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("header", ["2026-01-30", "2099-01-01", "latest", "2026-04-17,2025-09-29"])
def test_another_version_is_refused_in_every_mode(header: str, mode: Mode) -> None:
    with pytest.raises(UnsupportedApiVersionError) as caught:
        choose(header, mode)
    told = wire_error(caught.value)
    assert (caught.value.http_status, told["code"]) == (400, "unsupported_api_version")
    assert told["supported_versions"] == ["2026-04-17", "2025-09-29"]
    assert header[:32] in told["message"]


def test_of_a_long_version_the_answer_repeats_enough_to_recognise_it() -> None:
    with pytest.raises(UnsupportedApiVersionError) as caught:
        choose("9" * 5000, Mode.LENIENT)
    assert len(caught.value.message) < 150
