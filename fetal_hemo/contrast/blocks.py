"""Rows a block at a time: what compares all pairs must not hold all pairs."""

from __future__ import annotations

from collections.abc import Iterator

PAIRS = 2**18  # in a block: temporaries of 1 MB, which are not taken from the system each time


def blocks(rows: int, keys: int) -> Iterator[slice]:
    """Slices of `rows` in order, each of at most `PAIRS` pairs with all `keys`, or of one row.

    The memory of a comparison block by block grows with the rows and not with their square.
    """
    size = max(1, PAIRS // max(keys, 1))
    return (slice(start, min(start + size, rows)) for start in range(0, rows, size))
