"""Chunks of a WAV file that hold words, or that nobody needs to play it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

MOST_CHUNKS = 1_024
SOUND = frozenset((b"fmt ", b"data", b"fact", b"ds64", b"PEAK"))
# Only these names are ever printed: a chunk may be called anything.
KNOWN = {
    b"bext": "bext",
    b"iXML": "iXML",
    b"axml": "axml",
    b"_PMX": "XMP",
    b"id3 ": "id3",
    b"ID3 ": "id3",
    b"cue ": "cue",
    b"DISP": "DISP",
    b"cart": "cart",
}
LISTS = {b"INFO": "LIST INFO", b"adtl": "LIST adtl"}


def wav_tags(file: BinaryIO, size: int) -> Iterator[str]:
    """The kind of each chunk beyond the sound, and of bytes behind the last one."""
    position = 12
    for _ in range(MOST_CHUNKS):
        file.seek(position)
        head = file.read(12)
        if len(head) < 8:
            break
        name, length = head[:4], int.from_bytes(head[4:8], "little")
        if name in (b"JUNK", b"PAD ", b"FLLR"):
            file.seek(position + 8)
            if file.read(length).strip(b"\0"):
                yield "WAV filler that is not empty"
        elif name not in SOUND:
            kind = LISTS.get(head[8:12], "LIST") if name == b"LIST" else KNOWN.get(name, "other")
            yield f"WAV {kind}"
        if name == b"data" and position + 8 + length > size:
            return  # the recorder did not finish, or a long file: the sound goes to the end
        position += 8 + length + length % 2
    if 0 < position < size:
        yield "WAV data behind the end"
