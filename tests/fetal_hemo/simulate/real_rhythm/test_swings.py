"""Accelerations and decelerations that were put there."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate.real_rhythm import Stretch
from fetal_hemo.simulate.real_rhythm.swings import swing_starts_s

AT_S = (100.0, 700.0, 900.0, 1_300.0)
HEIGHT_BPM = (25.0, 25.0, -25.0, 25.0)


@pytest.fixture
def bpm() -> np.ndarray:
    """Half an hour at 140 bpm with four swings of 30 s."""
    values = 140.0 + 2.0 * np.sin(np.arange(7_200) / 40)
    for at, height in zip(AT_S, HEIGHT_BPM, strict=True):
        values[round(4 * at) : round(4 * (at + 30))] += height
    return values


@pytest.mark.parametrize("start_s", [0.0, 600.0, 651.25, 690.5])
def test_swings_inside_a_stretch_are_told_from_its_start(bpm: np.ndarray, start_s: float) -> None:
    up, down = swing_starts_s(bpm, Stretch(start_s, 400.0, 0.0))
    inside = [(at - start_s, sign) for at, sign in zip(AT_S, HEIGHT_BPM, strict=True)]
    expected = [(at, sign) for at, sign in inside if 0 <= at < 400]
    assert up == pytest.approx([at for at, sign in expected if sign > 0], abs=3.75)
    assert down == pytest.approx([at for at, sign in expected if sign < 0], abs=3.75)


def test_a_swing_under_way_at_the_start_does_not_begin_there(bpm: np.ndarray) -> None:
    assert swing_starts_s(bpm, Stretch(707.5, 100.0, 0.0)) == ((), ())


def test_a_short_stretch_has_the_baseline_of_its_surroundings(bpm: np.ndarray) -> None:
    up, _ = swing_starts_s(bpm, Stretch(696.25, 33.75, 0.0))
    assert up == pytest.approx([3.75], abs=3.75)


def test_too_little_for_a_baseline() -> None:
    assert swing_starts_s(np.full(60, 140.0), Stretch(0.0, 15.0, 0.0)) == ((), ())
