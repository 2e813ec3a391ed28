"""Decompression in C against zlib: what was packed comes out, and damage does no harm."""

from __future__ import annotations

import ctypes
import zlib

import numpy as np
import pytest


class Bytes(ctypes.Structure):
    _fields_ = (("data", ctypes.c_char_p), ("count", ctypes.c_size_t))


def inflate(inside: ctypes.CDLL, packed: bytes, size: int) -> bytes | None:
    inside.fhi_inflate.argtypes = [Bytes, ctypes.c_void_p, ctypes.c_size_t]
    out = ctypes.create_string_buffer(size + 1)
    good = inside.fhi_inflate(Bytes(packed, len(packed)), out, size)
    return out.raw[:size] if good else None


def packed(data: bytes, level: int, strategy: int) -> bytes:
    maker = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    return maker.compress(data) + maker.flush()


def contents() -> dict[str, bytes]:
    rng = np.random.default_rng(3)
    walk = np.cumsum(rng.integers(-3, 4, 30_000)).astype("<i2").tobytes()
    return {
        "empty": b"",
        "one": b"a",
        "zeros": bytes(70_000),
        "walk": walk,
        "noise": rng.bytes(999),
    }


@pytest.mark.parametrize("name", contents())
@pytest.mark.parametrize(
    ("level", "strategy"),
    [
        (0, zlib.Z_DEFAULT_STRATEGY),
        (9, zlib.Z_DEFAULT_STRATEGY),
        (6, zlib.Z_FIXED),
        (1, zlib.Z_RLE),
    ],
)
def test_as_zlib(inside: ctypes.CDLL, name: str, level: int, strategy: int) -> None:
    data = contents()[name]
    stream = packed(data, level, strategy)
    assert inflate(inside, stream, len(data)) == data
    assert inflate(inside, stream, len(data) + 1) is None
    if data:
        assert inflate(inside, stream, len(data) - 1) is None
        assert inflate(inside, stream[: len(stream) // 2], len(data)) is None


def test_damage(inside: ctypes.CDLL) -> None:
    data = contents()["walk"]
    stream = packed(data, 6, zlib.Z_DEFAULT_STRATEGY)
    rng = np.random.default_rng(4)
    for _ in range(200):
        broken = bytearray(stream)
        broken[rng.integers(len(stream))] ^= 1 << rng.integers(8)
        found = inflate(inside, bytes(broken), len(data))
        assert found is None or len(found) == len(data)
