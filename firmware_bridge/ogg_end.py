"""Does an Ogg file end with its last page? A cut one plays on as a shorter recording."""

from __future__ import annotations

from typing import BinaryIO

from firmware_bridge.errors import FetalHemoError

LARGEST_PAGE = 27 + 255 + 255 * 255
END_OF_STREAM = 0x04  # flag of the last page (RFC 3533)


def check_ogg_end(file: BinaryIO, size: int, where: str) -> None:
    """Nothing, when `file` is no Ogg or its last page is whole; else E-TRUNCATED."""
    file.seek(0)
    if file.read(4) != b"OggS":
        return
    file.seek(max(0, size - LARGEST_PAGE))
    tail = file.read(LARGEST_PAGE)
    page = tail[max(tail.rfind(b"OggS"), 0) :]
    lacing = page[27 : 27 + page[26]] if len(page) > 26 else b""
    whole = len(page) >= 27 + len(lacing) + sum(lacing) and lacing
    if not whole or not page[5] & END_OF_STREAM:
        what = "the file ends before its last page"
        raise FetalHemoError("E-TRUNCATED", what, where, "copy it again")
