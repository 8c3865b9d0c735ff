"""A picture is told by its first bytes: whatever a file is called, nothing else passes for one."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.customers.picture import HEAD_BYTES, media_type
from tests.support.pictures import JPEG, PNG, WEBP

KINDS = {"image/png": PNG, "image/jpeg": JPEG, "image/webp": WEBP}
HTML = b"<!doctype html><script>alert(document.cookie)</script>" + b" " * 64


def told(content: bytes) -> str | None:
    return media_type(content[:HEAD_BYTES], len(content))


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_of_each_kind_is_known_by_its_content(kind: str) -> None:
    assert told(KINDS[kind]) == kind


@pytest.mark.parametrize("marker", [0xC0, 0xC4, 0xDB, 0xDD, 0xE0, 0xE1, 0xEE, 0xFE])
def test_a_jpeg_may_go_on_with_any_segment_that_the_standard_allows_there(marker: int) -> None:
    assert told(b"\xff\xd8\xff" + bytes([marker]) + b"\x00\x10" + b"\x00" * 20) == "image/jpeg"


@pytest.mark.parametrize(
    "content",
    [
        HTML,
        b"",
        b"GIF89a" + b"\x01\x00" * 20,
        b"%PDF-1.7" + b" " * 40,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        # A signature with something else behind it.
        b"\x89PNG\r\n\x1a\n" + HTML,
        PNG[:16] + b"<script>" + HTML,
        b"\xff\xd8\xff" + HTML,
        b"\xff\xd8\xff\xe0\x00\x01" + HTML,
        b"RIFF" + struct.pack("<I", len(HTML) + 4) + b"WEBP" + HTML,
        b"RIFF" + b"/*  " + b"WEBP" + b"VP8 " + HTML,
        b"RIFF" + WEBP[4:8] + b"WAVE" + WEBP[12:],
    ],
)
def test_what_only_begins_like_a_picture_is_none(content: bytes) -> None:
    assert told(content) is None


@pytest.mark.parametrize(
    ("width", "height", "depth", "colour"), [(0, 1, 8, 2), (1, 0, 8, 2), (1, 1, 3, 2), (1, 1, 8, 5)]
)
def test_a_png_header_that_no_picture_can_have_is_refused(width: int, height: int, depth: int, colour: int) -> None:
    assert told(PNG[:16] + struct.pack(">IIBB", width, height, depth, colour) + PNG[26:]) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_ends_within_its_header_is_none(kind: str) -> None:
    assert {told(KINDS[kind][:length]) for length in range(6)} == {None}


@given(st.binary(max_size=HEAD_BYTES), st.integers(0, 2**40))
def test_any_bytes_are_judged_without_failing(head: bytes, size: int) -> None:
    assert media_type(head, size) in (None, *KINDS)
