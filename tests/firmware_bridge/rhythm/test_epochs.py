"""Rates counted from beats, against arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.rhythm.epochs import epoch_bpm
from firmware_bridge.rhythm.rate_track import RateTrack


def track(*bpm: float) -> RateTrack:
    return RateTrack(np.array(bpm), np.ones(len(bpm)))


def test_even_beats_give_their_rate_to_the_edges() -> None:
    beats = np.arange(0.2, 15.0, 60 / 144)
    assert epoch_bpm(beats, track(142, 142, 145, 147)) == pytest.approx(144, abs=0.01)


def test_rate_that_changes_inside_an_epoch_is_averaged_over_time() -> None:
    first = np.arange(0.0, 5.625, 60 / 140)
    second = first[-1] + np.arange(1, 40) * 60 / 150
    found = epoch_bpm(np.concatenate([first, second]), track(140, 145, 150))
    assert found[1] == pytest.approx(145, abs=0.7)


def test_beats_that_disagree_with_the_track_are_not_believed() -> None:
    beats = np.arange(0.0, 15.0, 60 / 120)
    assert epoch_bpm(beats, track(120, 150, 120, 120)) == pytest.approx(
        [120, 150, 120, 120], abs=0.1
    )


def test_few_beats_leave_the_track() -> None:
    assert epoch_bpm(np.array([1.0, 1.4]), track(150)).tolist() == [150]


def test_marking_error_of_beats_makes_less_variation_than_it_would_alone() -> None:
    rng = np.random.default_rng(5)
    beats = np.arange(0.0, 600.0, 60 / 140)
    marked = beats + 0.005 * rng.normal(size=len(beats))
    windows = 160
    starts = 3.75 * np.arange(windows + 1)
    alone = np.diff(np.interp(starts, marked, np.arange(len(marked)))) * 60.0 / 3.75
    found = epoch_bpm(marked, track(*[140.0] * windows))
    assert np.std(found[1:-1]) < 0.75 * np.std(alone[1:-1])
