"""What of a rate and of beats is believed."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate.real_rhythm import RhythmLibrary, Series


def rate(values: np.ndarray) -> Series:
    return Series("rate", values.astype(np.float32))


@pytest.mark.parametrize("false", [np.nan, 0.0, 49.0, 211.0, 70.0, 140 + 26.0])
def test_a_false_rate_is_lost_and_its_neighbours_are_not(false: float) -> None:
    values = np.full(400, 140.0)
    values[200:204] = false
    lost = ~np.isfinite(rate(values).bpm())
    np.testing.assert_array_equal(np.flatnonzero(lost), np.arange(200, 204))


def test_a_slow_deep_deceleration_is_believed() -> None:
    dip = 80.0 * np.sin(np.pi * np.arange(480) / 480) ** 2  # to 60 bpm in a minute
    values = np.concatenate([np.full(240, 140.0), 140.0 - dip, np.full(240, 140.0)])
    np.testing.assert_allclose(rate(values).bpm(), values, rtol=1e-6)


def test_beats_give_the_rate_of_the_interval_that_is_under_way() -> None:
    intervals = np.tile([0.40, 0.44], 50)
    beats = 7.0 + np.concatenate([[0.0], np.cumsum(intervals)])
    series = Series("beats", beats)
    assert series.seconds == pytest.approx(42.0)
    at = np.arange(len(series.bpm())) / 4
    assert len(at) in (167, 168)
    expected = np.where(at % 0.84 < 0.40 - 1e-9, 150.0, 60 / 0.44)
    near_a_beat = np.abs((at[:, None] - (beats - 7.0)[None]).astype(float)).min(axis=1) < 1e-6
    np.testing.assert_allclose(series.bpm()[~near_a_beat], expected[~near_a_beat])


@pytest.mark.parametrize("change", ["missed", "extra"])
def test_a_false_interval_of_beats_is_lost_with_its_neighbours(change: str) -> None:
    beats = 0.42 * np.arange(100)
    wrong = np.delete(beats, 50) if change == "missed" else np.insert(beats, 50, 20.8)
    lost = np.flatnonzero(~np.isfinite(Series("beats", wrong).bpm())) / 4
    first, last = (48, 52) if change == "missed" else (48, 51)  # beats that are still sure
    assert beats[first] <= lost.min() <= beats[first] + 0.25
    assert beats[last] - 0.25 <= lost.max() < beats[last]


def test_little_of_real_series_is_disbelieved(library: RhythmLibrary, beats: np.ndarray) -> None:
    kept, known = 0, 0
    for entry in library.entries:
        kept += np.isfinite(entry.series.bpm()).sum()
        known += np.isfinite(entry.series.values).sum()
    assert 0.99 < kept / known < 1.0
    assert np.isfinite(Series("beats", beats).bpm()).mean() > 0.7
