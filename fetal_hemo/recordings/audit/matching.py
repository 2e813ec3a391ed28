"""Which recordings may share sound: found by sorting landmarks, never by comparing all pairs.

Equal landmarks stand side by side after one sort. Each is paired with at most `NEAREST` others,
so the cost grows with the hours of audio and not with the square of the recordings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.recordings.audit.landmarks import Landmarks

NEAREST = 16  # copies beyond these are reached through their neighbours
BIN_S = 0.05  # landmarks of one shared sound agree on the offset to within this
FEWEST = 4  # equal landmarks at one offset; chance gives 2 once in thousands of pairs
PARTS = 16  # of the range of values, one sorted at a time: memory stays near the landmarks' own
OFFSETS = 2**24  # bins an offset may have: nine days


@dataclass(frozen=True)
class Candidate:
    """Recordings number `first` and `second` (`first` < `second`) that agree in `matches`
    landmarks; what is at `t` in the first is at `t - offset_s` in the second, as at `at_s`."""

    first: int
    second: int
    offset_s: float
    at_s: float
    matches: int


@dataclass(frozen=True)
class _Pairs:
    """Pairs of equal landmarks: `pair` = first * recordings + second, offset and time `(n,)`."""

    pair: NDArray[np.int64]
    offset_s: NDArray[np.float32]
    time_s: NDArray[np.float32]


def find_candidates(prints: Sequence[Landmarks]) -> list[Candidate]:
    """Pairs of recordings with at least `FEWEST` equal landmarks at one offset, most first."""
    found = _equal_landmarks(prints)
    best: dict[int, Candidate] = {}
    # Two grids of offsets: what a border of one divides is whole in the other.
    for shift in (0.0, 0.5):
        for candidate in _agreeing(found, shift, len(prints)):
            key = candidate.first * len(prints) + candidate.second
            if key not in best or candidate.matches > best[key].matches:
                best[key] = candidate
    return sorted(best.values(), key=lambda c: (-c.matches, c.first, c.second))


def _equal_landmarks(prints: Sequence[Landmarks]) -> _Pairs:
    borders = np.linspace(0, 2**32, PARTS + 1).astype(np.uint64)
    cuts = [np.searchsorted(p.value.astype(np.uint64), borders) for p in prints]
    parts = []
    for place in range(PARTS):
        slices = [slice(cut[place], cut[place + 1]) for cut in cuts]
        pieces = [Landmarks(p.value[s], p.time_s[s]) for p, s in zip(prints, slices, strict=True)]
        parts.append(_equal_of(pieces))
    return _Pairs(
        np.concatenate([part.pair for part in parts]),
        np.concatenate([part.offset_s for part in parts]),
        np.concatenate([part.time_s for part in parts]),
    )


def _equal_of(prints: Sequence[Landmarks]) -> _Pairs:
    value = np.concatenate([np.empty(0, np.uint32), *(p.value for p in prints)])
    order = np.argsort(value, kind="stable")  # within a value, the order of the recordings stays
    value = value[order]
    time = np.concatenate([np.empty(0, np.float32), *(p.time_s for p in prints)])[order]
    owner = np.repeat(np.arange(len(prints)), [len(p.value) for p in prints])[order]
    pair, offset, at = [np.empty(0, np.int64)], [np.empty(0, np.float32)], [np.empty(0, np.float32)]
    for step in range(1, NEAREST + 1):
        (low,) = np.nonzero(value[step:] == value[:-step])
        if not len(low):
            break
        pair.append(owner[low] * len(prints) + owner[low + step])
        offset.append(time[low] - time[low + step])
        at.append(time[low])
    return _Pairs(np.concatenate(pair), np.concatenate(offset), np.concatenate(at))


def _agreeing(found: _Pairs, shift: float, recordings: int) -> Iterator[Candidate]:
    place = np.floor(found.offset_s / BIN_S + shift).astype(np.int64) + OFFSETS // 2
    key = found.pair * OFFSETS + place
    order = np.argsort(key, kind="stable")
    _, start, count = np.unique(key[order], return_index=True, return_counts=True)
    for first, matches in zip(start[count >= FEWEST], count[count >= FEWEST], strict=True):
        rows = order[first : first + matches]
        one, other = divmod(int(found.pair[rows[0]]), recordings)
        offset, at = np.median(found.offset_s[rows]), np.median(found.time_s[rows])
        yield Candidate(one, other, float(offset), float(at), int(matches))
