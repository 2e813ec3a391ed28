"""The beat clock against the Dawes-Redman definitions of short- and long-term variation."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate.fetus import LTV_MS, RATE_BPM, STV_MS, WEEKS, Fetus
from fetal_hemo.simulate.rhythm import beat_clock

EPOCH_S, MINUTES, FETUSES = 3.75, 20, 60


def fetus(at: int) -> Fetus:
    return Fetus(
        weeks=WEEKS[at], rate_bpm=RATE_BPM[at], stv_ms=STV_MS[at], ltv_ms=LTV_MS[at],
        accelerations=1.0, decelerations=1.0, movements=1.0,
        emd_ms=40, ict_ms=28, et_ms=172, irt_ms=36, systole_cm_s=5, early_cm_s=5, atrial_cm_s=7,
    )  # fmt: skip


def variation(at: int) -> tuple[float, float, float]:
    """Mean STV and LTV in ms and rate in bpm over many fetuses, from epochs of 3.75 s."""
    found = []
    for seed in range(FETUSES):
        clock = beat_clock(fetus(at), 60.0 * MINUTES, np.random.default_rng(seed))
        starts = np.arange(0, 60 * MINUTES, EPOCH_S)
        rate = np.array([clock.rate_bpm(float(t)) for t in starts])
        rr = (60_000.0 / rate).reshape(MINUTES, 16)
        stv = np.abs(np.diff(rr, axis=1)).mean()
        found.append((stv, np.ptp(rr, axis=1).mean(), rate.mean()))
    return tuple(np.mean(found, axis=0))


@pytest.mark.parametrize("at", [0, 1, 2])
def test_variation_is_near_the_published_means(at: int) -> None:
    stv, ltv, rate = variation(at)
    assert stv == pytest.approx(STV_MS[at], rel=0.12)
    assert ltv == pytest.approx(LTV_MS[at], rel=0.12)
    assert rate == pytest.approx(RATE_BPM[at], abs=4)


def test_beats_ascend_at_possible_intervals_and_cover_the_recording() -> None:
    for seed in range(20):
        clock = beat_clock(fetus(1), 120.0, np.random.default_rng(seed))
        rr = np.diff(clock.q_s)
        assert rr.min() >= 0.285
        assert rr.max() <= 0.75
        assert clock.q_s[0] < 0
        assert clock.q_s[-1] > 120.0
        assert len(clock.state) == len(clock.q_s)


def test_rate_of_a_window_counts_beats_in_fractions() -> None:
    clock = beat_clock(fetus(2), 60.0, np.random.default_rng(0))
    inside = clock.q_s[(clock.q_s >= 15.0) & (clock.q_s <= 18.75)]
    by_beats = 60.0 / np.diff(inside).mean()
    assert clock.rate_bpm(15.0) == pytest.approx(by_beats, abs=2.0)
