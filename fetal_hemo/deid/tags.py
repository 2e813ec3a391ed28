"""Which tags a sound file holds, by kind; never what stands in them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fetal_hemo.deid import flac_blocks as flac
from fetal_hemo.deid.flac_blocks import comments, flac_blocks
from fetal_hemo.deid.wav_chunks import wav_tags
from fetal_hemo.recordings.formats.first_bytes import ENOUGH, is_device_sound
from firmware_bridge.band_note import noted_limit_hz

ID3V1_BYTES, APE_BYTES = 128, 32
FLAC_KINDS = {
    flac.APPLICATION: "FLAC application block",
    flac.CUE_SHEET: "FLAC cue sheet",
    flac.PICTURE: "FLAC picture",
}
HARMLESS = (flac.STREAM_INFO, flac.SEEK_TABLE)
LARGEST_COMMENT_BYTES = 2**24


def tags_of(path: Path) -> list[str]:
    """The kinds of tags in a file, once each, sorted. Raises `OSError`."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        return sorted(set(_tags(file, size)))


def searchable(path: Path) -> bool:
    """Whether a file is of a kind in which `tags_of` finds every tag. Raises `OSError`."""
    with path.open("rb") as file:
        return is_device_sound(file.read(ENOUGH))


def _tags(file: BinaryIO, size: int) -> Iterator[str]:
    start = 0
    file.seek(0)
    head = file.read(10)
    if head[:3] == b"ID3":
        yield "ID3v2"
        start = 10 + _syncsafe(head[6:10])
        file.seek(start)
        head = file.read(4)
    if head[:4] in (b"RIFF", b"RF64"):
        yield from wav_tags(file, size)
    elif head[:4] == flac.MARKER:
        yield from _flac_tags(file, start)
    elif head[:4] == b"OggS":
        yield from _ogg_tags(file)
    yield from _tags_at_the_end(file, size)


def _syncsafe(four: bytes) -> int:
    """Size of an ID3v2 tag: seven bits a byte."""
    number = 0
    for byte in four:
        number = number << 7 | byte & 0x7F
    return number


def _flac_tags(file: BinaryIO, start: int) -> Iterator[str]:
    for block in flac_blocks(file, start):
        file.seek(block.start)
        body = file.read(min(block.length, LARGEST_COMMENT_BYTES))
        if block.kind == flac.COMMENTS:
            yield from ["FLAC comments"] if any(map(_tells, comments(body))) else []
        elif block.kind == flac.PADDING:
            yield from ["FLAC padding that is not empty"] if body.strip(b"\0") else []
        elif block.kind not in HARMLESS:
            yield FLAC_KINDS.get(block.kind, "FLAC unknown block")


def _tells(entry: bytes) -> bool:
    """Whether a comment is anything but the note that `deid` itself writes."""
    name, _, text = entry.decode(errors="replace").partition("=")
    return name != "COMMENT" or noted_limit_hz(text) == math.inf


def _ogg_tags(file: BinaryIO) -> Iterator[str]:
    file.seek(0)
    pages = file.read(2**16)
    for marker in (b"\x03vorbis", b"OpusTags"):
        at = pages.find(marker)
        if at >= 0 and comments(pages[at + len(marker) :]):
            yield "OGG comments"
    if b"\x7fFLAC" in pages[:64]:  # FLAC in Ogg: comments are a must there, so say so
        yield "OGG comments"


def _tags_at_the_end(file: BinaryIO, size: int) -> Iterator[str]:
    file.seek(max(0, size - ID3V1_BYTES - APE_BYTES))
    tail = file.read()
    if tail[-ID3V1_BYTES:][:3] == b"TAG":
        yield "ID3v1"
    if b"APETAGEX" in tail:
        yield "APE"
