"""Candidates among landmarks, without any audio."""

from __future__ import annotations

import numpy as np

from fetal_hemo.recordings.audit.landmarks import Landmarks
from fetal_hemo.recordings.audit.matching import FEWEST, find_candidates


def prints(count: int, each: int = 500, seed: int = 0) -> list[Landmarks]:
    """Landmarks of unrelated recordings."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        value = np.unique(rng.integers(0, 2**32, each, dtype=np.uint32))
        made.append(Landmarks(value, rng.uniform(0, 600, len(value)).astype(np.float32)))
    return made


def shifted(found: Landmarks, by_s: float, keep: int) -> Landmarks:
    return Landmarks(found.value[:keep], found.time_s[:keep] - np.float32(by_s))


def test_a_shifted_copy_is_a_candidate_with_its_offset() -> None:
    made = prints(20)
    made.append(shifted(made[3], 12.34, keep=40))
    (found,) = find_candidates(made)
    assert (found.first, found.second, found.matches) == (3, 20, 40)
    assert abs(found.offset_s - 12.34) < 0.01
    assert found.at_s == np.median(made[3].time_s[:40])


def test_too_few_matches_are_chance() -> None:
    made = prints(5)
    few = [*made, shifted(made[0], 5, keep=FEWEST - 1)]
    assert find_candidates(few) == []
    assert len(find_candidates([*made, shifted(made[0], 5, keep=FEWEST)])) == 1


def test_matches_at_different_offsets_are_chance() -> None:
    made = prints(5)
    rng = np.random.default_rng(1)
    value = made[0].value[:100]
    made.append(Landmarks(value, rng.uniform(0, 600, len(value)).astype(np.float32)))
    assert find_candidates(made) == []


def test_an_offset_on_a_border_of_bins_is_whole() -> None:
    made = prints(3)
    rng = np.random.default_rng(2)
    jitter = rng.uniform(-0.01, 0.01, 30).astype(np.float32)
    made.append(Landmarks(made[1].value[:30], made[1].time_s[:30] - np.float32(7.0) - jitter))
    (found,) = find_candidates(made)
    assert found.matches == 30


def test_what_every_recording_has_stays_cheap_and_hides_no_copy() -> None:
    """100 recordings with the same hum: pairs grow with the recordings, not with their square."""
    made = prints(100, each=50)
    hum = np.arange(20, dtype=np.uint32) * 1_000
    time = np.linspace(0, 10, 20, dtype=np.float32)
    made = [
        Landmarks(np.concatenate([hum, p.value + 10**8]), np.concatenate([time, p.time_s]))
        for p in made
    ]
    made = [Landmarks(*(a[np.argsort(p.value)] for a in (p.value, p.time_s))) for p in made]
    found = find_candidates(made)
    assert len(found) <= 100 * 16
    reached = {0}
    for pair in sorted(found, key=lambda c: (c.first, c.second)):
        if pair.first in reached:
            reached.add(pair.second)
    assert reached == set(range(100))


def test_nothing_gives_nothing() -> None:
    assert find_candidates([]) == []
    assert find_candidates(prints(1)) == []
    empty = Landmarks(np.empty(0, np.uint32), np.empty(0, np.float32))
    assert find_candidates([empty, empty]) == []
