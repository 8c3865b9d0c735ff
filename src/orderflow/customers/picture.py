"""What is a profile picture: told by its first bytes, never by its name or by what the uploader calls it."""

import struct
from collections.abc import Mapping

MAX_PICTURE_BYTES = 5 * 1024 * 1024
HEAD_BYTES = 64  # of a file, which is all that has to be read
# The ending of a key, by media type. No GIF: nobody needs a face that moves.
ENDINGS: Mapping[str, str] = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}

# w3.org/TR/png-3: signature, then IHDR of 13 bytes; the depths that each colour type may have.
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
_PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# ITU-T T.81, table B.1: the markers that a file may go on with after its first.
_JPEG = b"\xff\xd8\xff"
_JPEG_MARKERS = frozenset({*range(0xC0, 0xD0), 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE}) - {0xC8}
# rfc-editor.org/rfc/rfc9649: a RIFF container that says how long it is.
_WEBP_CHUNKS = (b"VP8 ", b"VP8L", b"VP8X")


def media_type(head: bytes, size: int) -> str | None:
    """Return the media type of a file of `size` bytes that begins with `head`, None when it is no picture we show.

    A signature alone is easily put before anything else, so what must follow it has to be there as well.
    """
    if _is_png(head):
        return "image/png"
    if _is_jpeg(head):
        return "image/jpeg"
    return "image/webp" if _is_webp(head, size) else None


def _is_png(head: bytes) -> bool:
    if len(head) < 29 or not head.startswith(_PNG):
        return False
    width, height, depth, colour = struct.unpack(">IIBB", head[16:26])
    return width > 0 and height > 0 and depth in _PNG_DEPTHS.get(colour, ())


def _is_jpeg(head: bytes) -> bool:
    if len(head) < 6 or not head.startswith(_JPEG):
        return False
    (length,) = struct.unpack(">H", head[4:6])
    return head[3] in _JPEG_MARKERS and length >= 2


def _is_webp(head: bytes, size: int) -> bool:
    if len(head) < 20 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return False
    (length,) = struct.unpack("<I", head[4:8])
    return length + 8 == size and head[12:16] in _WEBP_CHUNKS
