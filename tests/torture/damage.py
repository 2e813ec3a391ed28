"""Ways to damage bytes: flips, cuts, insertions, numbers at the edge of their range."""

from __future__ import annotations

import random

EDGES = (0, 1, 0x7F, 0x80, 0xFF)
WIDE_EDGES = (0, 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1)


def flipped(data: bytes, draw: random.Random) -> bytes:
    """One bit is another."""
    changed = bytearray(data)
    changed[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def cut(data: bytes, draw: random.Random) -> bytes:
    """It ends early."""
    return data[: draw.randrange(len(data))]


def edged(data: bytes, draw: random.Random, first: int = 100) -> bytes:
    """A few of the first bytes are at an edge of what a byte can be."""
    changed = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        value = draw.choice((*EDGES, draw.randrange(256)))
        changed[draw.randrange(min(first, len(data)))] = value
    return bytes(changed)


def wide(data: bytes, draw: random.Random, first: int = 100) -> bytes:
    """Four of the first bytes are a number at an edge, in either byte order."""
    number = draw.choice(WIDE_EDGES).to_bytes(4, draw.choice(("little", "big")))
    at = draw.randrange(min(first, len(data)))
    return data[:at] + number + data[at + 4 :]


def inserted(data: bytes, draw: random.Random) -> bytes:
    """Some bytes too many."""
    at = draw.randrange(len(data) + 1)
    return data[:at] + draw.randbytes(draw.randint(1, 64)) + data[at:]


def removed(data: bytes, draw: random.Random) -> bytes:
    """Some bytes are missing in the middle."""
    at = draw.randrange(len(data))
    return data[:at] + data[at + draw.randint(1, 64) :]


def repeated(data: bytes, draw: random.Random) -> bytes:
    """A stretch stands twice."""
    at = draw.randrange(len(data))
    end = at + draw.randint(1, 4_096)
    return data[:end] + data[at:]


WAYS = (flipped, cut, edged, wide, inserted, removed, repeated)


def damaged(data: bytes, draw: random.Random) -> bytes:
    """`data` damaged in one to three ways."""
    for way in draw.choices(WAYS, k=draw.choice((1, 1, 1, 2, 3))):
        data = way(data, draw) or b"\0"
    return data
