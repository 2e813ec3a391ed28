"""Which stretches may be used: against a reading of the rule sample by sample."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.simulate.real_rhythm import Series, choose_stretch
from fetal_hemo.simulate.real_rhythm.stretch import possible_starts


def gaps(lost: list[bool]) -> Iterator[tuple[int, int]]:
    start = None
    for index, flag in enumerate([*lost, False]):
        if flag and start is None:
            start = index
        if not flag and start is not None:
            yield start, index
            start = None


def allowed(bpm: np.ndarray, size: int) -> list[int]:
    """Starts at which a stretch holds no part of a gap over 15 s, and is lost to a tenth at most"""
    lost = [not np.isfinite(value) for value in bpm]
    never = [
        (first, stop)
        for first, stop in gaps(lost)
        if stop - first > 60 or first == 0 or stop == len(lost)
    ]
    return [
        start
        for start in range(len(bpm) - size + 1)
        if sum(lost[start : start + size]) <= 0.1 * size
        and all(stop <= start or first >= start + size for first, stop in never)
    ]


def test_possible_starts_are_those_of_the_rule() -> None:
    rng = np.random.default_rng(0)
    for _ in range(5):
        bpm = np.full(1_200, 140.0)
        for _ in range(8):
            start = rng.integers(1_150)
            bpm[start : start + rng.integers(1, 80)] = np.nan
        bpm[:5] = bpm[-3:] = np.nan  # nothing on the other side to bridge from
        for seconds in (30.0, 61.1):
            size = int(np.ceil(4 * seconds))
            assert possible_starts(bpm, seconds).tolist() == allowed(bpm, size)


def test_the_whole_series_may_be_used_and_no_more() -> None:
    bpm = np.full(480, 140.0)
    assert possible_starts(bpm, 120.0).tolist() == [0]
    assert not len(possible_starts(bpm, 120.25))


def test_every_possible_stretch_is_drawn_and_its_loss_is_told() -> None:
    values = np.full(500, 140.0, np.float32)
    values[240:252] = np.nan
    series = Series("rate", values)
    rng = np.random.default_rng(0)
    drawn = [choose_stretch(series, 120.0, rng) for _ in range(400)]
    assert {stretch.start_s for stretch in drawn} == {index / 4 for index in range(21)}
    assert {stretch.lost_share for stretch in drawn} == {12 / 480}


def test_without_a_stretch_it_is_refused() -> None:
    series = Series("rate", np.full(400, 140.0, np.float32))
    with pytest.raises(FetalHemoError, match=r"E-COHORT.*200 s"):
        choose_stretch(series, 200.0, np.random.default_rng(0))
