"""Recordings that hold the same sound: at another gain, polarity, offset, rate or in another file.

Candidates come from landmarks; each is then decoded again and compared as a waveform.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress
from fetal_hemo.recordings.audit.coherence import Coherence, coherence
from fetal_hemo.recordings.audit.landmarks import RATE_HZ, Landmarks, to_low_rate
from fetal_hemo.recordings.audit.matching import Candidate, find_candidates
from firmware_bridge.audio import read_audio

PIECE_S, LEAST_S = 4.0, 2.0  # compared at once; less than this is not compared
PIECES = 16  # places of an overlap that are compared
SAME = 0.4  # coherence from which a piece is the same; other sounds stay below 0.2

Load = Callable[[int], np.ndarray]


@dataclass(frozen=True)
class Twin:
    """Recordings number `first` and `second` share `shared_s` seconds of sound.

    What is at `t` in the first is at `t - offset_s` in the second, `gain_db` louder.
    """

    first: int
    second: int
    offset_s: float
    shared_s: float
    gain_db: float
    inverted: bool
    coherence: float  # of the waveforms, 0 to 1

    def words(self) -> str:
        """How the second differs from the first, for people."""
        told = [f"{self.shared_s:.1f} s in common"]
        if abs(self.offset_s) >= 0.01:
            told.append(f"shifted by {abs(self.offset_s):.2f} s")
        if abs(self.gain_db) >= 0.5:
            told.append(f"{self.gain_db:+.1f} dB")
        if self.inverted:
            told.append("inverted")
        return ", ".join(told)


def find_twins(
    prints: Sequence[Landmarks], paths: Sequence[Path], progress: Progress
) -> list[Twin]:
    """The `Twin` pairs among recordings with these landmarks and files, in their order.

    Within a group of copies each is compared until it is connected, not with all others.
    `progress` is called with (done, total) after each comparison.
    """

    @lru_cache(maxsize=4)
    def load(number: int) -> np.ndarray:
        return to_low_rate(read_audio(paths[number]).samples)

    candidates = find_candidates(prints)
    group = list(range(len(prints)))
    found = []
    for done, candidate in enumerate(candidates, start=1):
        if group[candidate.first] != group[candidate.second]:
            twin = _compare(candidate, load)
            if twin is not None:
                found.append(twin)
                old, new = group[twin.second], group[twin.first]
                group = [new if its == old else its for its in group]
        progress(done, len(candidates))
    return sorted(found, key=lambda twin: (twin.first, twin.second))


def _compare(candidate: Candidate, load: Load) -> Twin | None:
    """The candidate as a `Twin` if any piece of the overlap is the same sound."""
    try:
        first, second = load(candidate.first), load(candidate.second)
    except FetalHemoError:  # gone since it was read: the next check will say so
        return None
    shift = round(candidate.offset_s * RATE_HZ)
    begin, end = max(0, shift), min(len(first), len(second) + shift)
    size = min(round(PIECE_S * RATE_HZ), end - begin)
    if size < LEAST_S * RATE_HZ:
        return None
    places = _places(begin, end - size, round(candidate.at_s * RATE_HZ))
    alike = []
    for start in places:
        one, other = first[start : start + size], second[start - shift : start - shift + size]
        found = coherence(one, other)
        if abs(found.score) >= SAME:
            alike.append((found, _gain_db(one, other)))
    shared_s = (end - begin) / RATE_HZ * len(alike) / len(places)
    return _twin(candidate, shift / RATE_HZ, shared_s, alike) if alike else None


def _twin(
    candidate: Candidate, shift_s: float, shared_s: float, alike: list[tuple[Coherence, float]]
) -> Twin:
    middle, gain = sorted(alike, key=lambda pair: abs(pair[0].score))[len(alike) // 2]
    return Twin(
        candidate.first,
        candidate.second,
        offset_s=round(shift_s + middle.lag_s, 4),
        shared_s=round(shared_s, 2),
        gain_db=round(gain, 1),
        inverted=middle.score < 0,
        coherence=round(abs(middle.score), 3),
    )


def _places(first: int, last: int, inside: int) -> list[int]:
    """Starts of pieces: spread over the overlap, and where the landmarks were."""
    spread = np.linspace(first, last, PIECES).round().astype(int)
    return sorted({*spread.tolist(), min(max(first, inside), last)})


def _gain_db(first: np.ndarray, second: np.ndarray) -> float:
    """How much louder the second is."""
    power = [max(float(np.mean(np.square(x, dtype=np.float64))), 1e-20) for x in (first, second)]
    return 10 * float(np.log10(power[1] / power[0]))
