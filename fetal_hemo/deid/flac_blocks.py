"""The metadata blocks of a FLAC file (RFC 9639): listed, or left out of a copy."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

MARKER, LAST = b"fLaC", 0x80
STREAM_INFO, PADDING, APPLICATION, SEEK_TABLE, COMMENTS, CUE_SHEET, PICTURE = range(7)


class Block(NamedTuple):
    """A metadata block: its type, where its body begins, how long that is."""

    kind: int
    start: int
    length: int


def flac_blocks(file: BinaryIO, start: int = 0) -> Iterator[Block]:
    """The blocks of a FLAC stream that begins at `start`; none if it is no FLAC."""
    file.seek(start)
    if file.read(4) != MARKER:
        return
    position, last = start + 4, False
    while not last:
        file.seek(position)
        head = file.read(4)
        if len(head) < 4:
            return
        length = int.from_bytes(head[1:], "big")
        yield Block(head[0] & ~LAST, position + 4, length)
        position, last = position + 4 + length, bool(head[0] & LAST)


def copy_bare(source: Path, target: Path, comment: str = "") -> None:
    """Write to `target` the stream information and the sound of a FLAC file, and the comment.

    Encoders put their name and version into a comment of their own.
    """
    with source.open("rb") as old, target.open("wb") as new:
        blocks = list(flac_blocks(old))
        info = next(block for block in blocks if block.kind == STREAM_INFO)
        old.seek(info.start)
        bodies = {STREAM_INFO: old.read(info.length)}
        if comment:
            bodies[COMMENTS] = comment_block(f"COMMENT={comment}")
        new.write(MARKER)
        for kind, body in bodies.items():
            last = LAST if kind == list(bodies)[-1] else 0
            new.write(bytes([kind | last]) + len(body).to_bytes(3, "big") + body)
        old.seek(blocks[-1].start + blocks[-1].length)
        shutil.copyfileobj(old, new)


def comment_block(entry: str) -> bytes:
    """The body of a Vorbis comment block with one entry and no vendor."""
    text = entry.encode()
    return struct.pack("<III", 0, 1, len(text)) + text


def comments(body: bytes) -> list[bytes]:
    """The entries of a Vorbis comment block, as far as it is well formed."""
    position = 4 + int.from_bytes(body[:4], "little")
    count = int.from_bytes(body[position : position + 4], "little")
    position += 4
    found: list[bytes] = []
    while len(found) < count and position + 4 <= len(body):
        length = int.from_bytes(body[position : position + 4], "little")
        found.append(body[position + 4 : position + 4 + length])
        position += 4 + length
    return found
