"""Baseline and excursions of hand-made traces."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.rhythm.baseline import Excursion, baseline_bpm, excursions


def flat(count: int = 160, bpm: float = 140.0) -> np.ndarray:
    return np.full(count, bpm) + np.tile([1.0, -1.0], count)[:count]


def line_of(bpm: np.ndarray) -> np.ndarray:
    line = baseline_bpm(bpm)
    assert line is not None
    return line


def test_baseline_passes_under_accelerations_and_over_decelerations() -> None:
    bpm = flat()
    bpm[20:26] += 22
    bpm[60:66] -= 25
    bpm[100:112] += 18
    assert line_of(bpm) == pytest.approx(140, abs=1.5)


def test_baseline_follows_a_slow_drift_and_gaps() -> None:
    drift = np.linspace(135, 150, 160)
    bpm = drift + np.tile([1.0, -1.0], 80)
    bpm[40:70] = np.nan
    assert line_of(bpm) == pytest.approx(drift, abs=3)


def test_baseline_follows_from_one_level_to_another() -> None:
    bpm = np.concatenate([flat(80, 170.0), flat(80, 125.0)])
    line = line_of(bpm)
    assert line[:60] == pytest.approx(170, abs=5)
    assert line[100:] == pytest.approx(125, abs=5)
    assert (
        sum(e.end_s - e.start_s for e in (*excursions(bpm, line, 1), *excursions(bpm, line, -1)))
        <= 90
    )


def test_too_few_rates_have_no_baseline() -> None:
    bpm = np.full(160, np.nan)
    bpm[:7] = 140
    assert baseline_bpm(bpm) is None


def test_acceleration_and_deceleration_with_their_times() -> None:
    bpm = np.full(100, 140.0)
    bpm[20:25] = 160.0  # 18.75 s
    bpm[50:58] = 118.0  # 30 s
    line = np.full(100, 140.0)
    assert excursions(bpm, line, 1) == (Excursion(75.0, 93.75, 20.0),)
    assert excursions(bpm, line, -1) == (Excursion(187.5, 217.5, -22.0),)


@pytest.mark.parametrize(("epochs", "rise"), [(3, 25.0), (8, 14.0)])
def test_too_short_or_too_low_is_none(epochs: int, rise: float) -> None:
    bpm = np.full(60, 140.0)
    bpm[10 : 10 + epochs] += rise
    assert excursions(bpm, np.full(60, 140.0), 1) == ()


@pytest.mark.parametrize(("gap", "lengths"), [(1, [30.0]), (2, [30.0]), (3, [])])
def test_a_short_gap_does_not_end_an_excursion(gap: int, lengths: list[float]) -> None:
    bpm = np.full(60, 140.0)
    bpm[10:18] = 115.0
    bpm[13 : 13 + gap] = np.nan
    found = excursions(bpm, np.full(60, 140.0), -1)
    assert [e.end_s - e.start_s for e in found] == lengths
    assert all(e.peak_bpm == -25.0 for e in found)


def test_a_gap_at_either_end_is_not_bridged() -> None:
    bpm = np.full(20, 115.0)
    bpm[:2] = bpm[-2:] = np.nan
    (found,) = excursions(bpm, np.full(20, 140.0), -1)
    assert (found.start_s, found.end_s) == (7.5, 67.5)
