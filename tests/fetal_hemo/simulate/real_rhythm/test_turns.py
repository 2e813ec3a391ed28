"""Turns of a heart whose course is known."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate.real_rhythm.series import Series
from fetal_hemo.simulate.real_rhythm.turns import turns


def between(series: Series, start: float, end: float) -> float:
    """Turns from one time to another."""
    first, last = np.interp([start, end], *turns(series))
    return float(last - first)


def test_a_steady_rate_turns_steadily_also_beyond_its_ends() -> None:
    series = Series("rate", np.full(400, 150.0, np.float32))
    assert between(series, 10.0, 34.0) == pytest.approx(60.0)
    assert between(series, -1.0, 101.0) == pytest.approx(255.0)


def test_a_sample_holds_until_the_next() -> None:
    values = np.where(np.arange(400) < 200, 120.0, 144.0).astype(np.float32)
    series = Series("rate", values)
    assert between(series, 0.0, 50.0) == pytest.approx(100.0)
    assert between(series, 50.0, 100.0) == pytest.approx(120.0)


def test_a_lost_rate_is_bridged_by_a_line() -> None:
    values = np.where(np.arange(400) < 200, 120.0, 140.0).astype(np.float32)
    values[190:211] = np.nan
    assert between(Series("rate", values), 47.5, 52.75) == pytest.approx(130 / 60 * 5.25, rel=1e-3)


def test_beats_turn_once_each_and_missing_ones_are_counted() -> None:
    beats = 3.0 + 0.4 * np.arange(200)
    gone = np.delete(beats, np.r_[60:67, 120])
    gone = np.sort(np.append(gone, beats[30] + 0.15))
    found = between(Series("beats", gone), 0.0, beats[-1] - 3.0)
    assert found == pytest.approx(199)
    times, count = turns(Series("beats", gone))
    laid = np.interp(np.arange(1, 199) + np.interp(0.0, times, count), count, times)
    np.testing.assert_allclose(laid, 0.4 * np.arange(1, 199), atol=1e-9)


def test_turns_rise_with_time() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        intervals = rng.choice([0.2, 0.3, 0.4, 0.42, 0.44, 0.84, 3.0], 300, p=[*[0.05] * 2, 0.3,
                               0.3, 0.2, 0.05, 0.05])  # fmt: skip
        times, count = turns(Series("beats", np.cumsum(intervals)))
        assert (np.diff(times) > 0).all()
        assert (np.diff(count) > 0).all()
