"""Landmarks stay where the sound is."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.recordings.audit.landmarks import Landmarks, landmarks_of


def noise(seconds: float, seed: int = 0) -> np.ndarray:
    """White noise at 4 kHz."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal(int(4_000 * seconds)).astype(np.float32)


def times_by_value(found: Landmarks) -> dict[int, float]:
    return dict(zip(found.value.tolist(), found.time_s.tolist(), strict=True))


def test_gain_and_polarity_change_nothing() -> None:
    x = noise(20)
    found, other = landmarks_of(x), landmarks_of(-0.01 * x)
    assert len(found.value) > 200
    same = np.intersect1d(found.value, other.value)
    assert len(same) > 0.98 * len(found.value)  # rounding may move a few


def test_a_shift_moves_the_times_and_keeps_the_values() -> None:
    x = noise(20)
    found, later = times_by_value(landmarks_of(x)), times_by_value(landmarks_of(x[4_800:]))
    shared = found.keys() & later.keys()
    assert len(shared) > 0.8 * len(later)
    shifts = [found[value] - later[value] for value in shared]
    assert np.median(shifts) == pytest.approx(1.2, abs=0.002)


def test_a_minute_s_border_loses_and_doubles_nothing() -> None:
    """The sound is worked on minute by minute; a copy cut elsewhere has other borders."""
    x = noise(75)
    found, later = times_by_value(landmarks_of(x)), times_by_value(landmarks_of(x[40_000:]))
    around = {value for value, time in later.items() if 47 < time < 53}  # 57 to 63 s of the whole
    assert len(around) > 50
    assert len(around & found.keys()) > 0.9 * len(around)


def test_other_noise_has_other_landmarks() -> None:
    one, other = landmarks_of(noise(60, 1)), landmarks_of(noise(60, 2))
    assert len(np.intersect1d(one.value, other.value)) <= 2


@pytest.mark.parametrize("x", [np.zeros(40_000, np.float32), noise(0.01), np.empty(0, np.float32)])
def test_silence_and_snippets_have_none(x: np.ndarray) -> None:
    assert len(landmarks_of(x).value) == 0


def test_values_are_sorted_and_unique() -> None:
    value = landmarks_of(noise(30)).value
    assert value.dtype == np.uint32
    assert np.all(np.diff(value.astype(np.int64)) > 0)
