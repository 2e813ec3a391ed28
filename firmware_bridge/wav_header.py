"""A walk through the chunks of a WAV header: libsndfile reads damaged ones without a word."""

from __future__ import annotations

import struct
from typing import BinaryIO

from firmware_bridge.errors import FetalHemoError

MAX_CHUNKS = 256
# Recorders that write to a pipe cannot go back and fill in the size: all ones, or sox's value.
STREAMING_FROM = 0x7FFF_F000


def check_wav_header(file: BinaryIO, size: int, where: str) -> None:
    """Nothing, when `file` is no WAV or holds all the samples that its header promises.

    Raises `FetalHemoError` E-TRUNCATED, and E-CHANNELS or E-SAMPLE-RATE for a count of zero,
    which libsndfile would call an unknown format.
    """
    file.seek(0)
    head = file.read(12)
    if head[:4] not in (b"RIFF", b"RF64"):
        return
    if len(head) < 12:
        raise _truncated(where, "inside the header")
    if head[8:] != b"WAVE":
        return
    long_size: int | None = None
    position = 12
    for _ in range(MAX_CHUNKS):
        file.seek(position)
        chunk = file.read(8)
        if len(chunk) < 8:
            raise _truncated(where, "before the samples begin")
        name, length = chunk[:4], struct.unpack("<I", chunk[4:])[0]
        if name == b"ds64":
            long_size = _long_data_size(file)
        elif name == b"fmt ":
            _check_format(file.read(16), where)
        elif name == b"data":
            _check_data(position + 8, length, long_size, size, where)
            return
        position += 8 + length + length % 2


def _check_data(start: int, length: int, long_size: int | None, size: int, where: str) -> None:
    if length == 0xFFFF_FFFF and long_size is not None:
        length = long_size
    elif length >= STREAMING_FROM:
        return
    if length == 0:
        what = "the header says 0 samples: the recorder did not finish"
        raise FetalHemoError("E-TRUNCATED" if size > start else "E-EMPTY", what, where)
    if start + length > size:
        raise _truncated(where, f"{start + length - size} bytes early")


def _long_data_size(file: BinaryIO) -> int | None:
    sizes = file.read(16)  # of the file, then of the samples (EBU Tech 3306)
    return struct.unpack("<QQ", sizes)[1] if len(sizes) == 16 else None


def _check_format(body: bytes, where: str) -> None:
    if len(body) < 16:
        raise _truncated(where, "inside the header")
    _, channels, rate = struct.unpack("<HHI", body[:8])
    if channels == 0:
        raise FetalHemoError("E-CHANNELS", "the header says 0 channels", where)
    if rate == 0:
        raise FetalHemoError("E-SAMPLE-RATE", "the header says 0 samples a second", where)


def _truncated(where: str, at: str) -> FetalHemoError:
    return FetalHemoError("E-TRUNCATED", f"the file ends {at}", where, "copy it again")
