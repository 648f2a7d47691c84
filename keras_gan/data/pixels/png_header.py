"""What most PNGs announce in their first bytes, for which they need not be opened by Pillow."""

import struct
import zlib
from typing import NamedTuple

FIRST = 512  # bytes in which the pixels of such files begin
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">IIBBBBB")
_CHUNK = struct.Struct(">I4s")
_GREY, _COLOURS = (0, 4), (2, 6)  # kinds of pixels, without or with alpha
# What may come before the pixels and changes nothing: an orientation, a palette or frames are not among it.
_OF_NO_CONSEQUENCE = (b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT", b"bKGD", b"tIME")


class PngHeader(NamedTuple):
    """A PNG of 8 bits, grey or in colours, without a palette, an orientation or frames."""

    height: int
    width: int
    grey: bool


def read(begin: bytes) -> PngHeader | None:
    """Return what the first `FIRST` bytes of a file announce; `None` for all that needs a closer look."""
    if not begin.startswith(_SIGNATURE):
        return None
    seen = None
    place = len(_SIGNATURE)
    while place + _CHUNK.size <= len(begin):
        length, kind = _CHUNK.unpack_from(begin, place)
        if seen is None:
            seen = _announced(begin[place : place + 25]) if (length, kind) == (13, b"IHDR") else None
            if seen is None:
                return None
        elif kind == b"IDAT":
            return seen
        elif kind not in _OF_NO_CONSEQUENCE or not _is_whole(begin, place, length):
            return None
        place += 12 + length
    return None


def _is_whole(begin: bytes, place: int, length: int) -> bool:
    """Return whether a chunk lies within the bytes, and has the checksum that it should have."""
    end = place + 8 + length
    return begin[end : end + 4] == zlib.crc32(begin[place + 4 : end]).to_bytes(4, "big")


def _announced(chunk: bytes) -> PngHeader | None:
    """Return what a header says, with its length before it and its checksum behind; `None` for other kinds."""
    if len(chunk) < 25 or struct.unpack(">I", chunk[21:])[0] != zlib.crc32(chunk[4:21]):
        return None
    width, height, bits, kind, *methods = _HEADER.unpack(chunk[8:21])
    if bits != 8 or kind not in (*_GREY, *_COLOURS) or methods[:2] != [0, 0] or methods[2] > 1:
        return None
    return PngHeader(height, width, kind in _GREY)
