"""A simulated recording heard through the project's own front end, against its truth."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from fetal_hemo.constants import QUALITY_CLASSES
from fetal_hemo.recordings.audio import windows_of
from fetal_hemo.signals.front_end import FrontEnd
from fetal_hemo.simulate.recording import Recording, simulate_recording
from fetal_hemo.simulate.truth import truth_of

RECORDINGS = 24


@pytest.fixture(scope="module")
def recordings() -> list[Recording]:
    return [simulate_recording(5, woman, prevalence=0.3) for woman in range(RECORDINGS)]


@pytest.fixture(scope="module")
def rate_errors(recordings: list[Recording]) -> dict[str, np.ndarray]:
    """Absolute heart-rate errors in bpm of the front end, by quality class."""
    errors: dict[str, list[float]] = {name: [] for name in QUALITY_CLASSES}
    front_end = FrontEnd()
    for made in recordings:
        with torch.no_grad():
            heard = front_end(torch.from_numpy(windows_of(made.samples))).heart_rate_bpm.numpy()
        for window, rate in zip(truth_of(made)["windows"], heard, strict=True):
            errors[window["quality"]].append(abs(rate - window["heart_rate_bpm"]))
    return {name: np.array(values) for name, values in errors.items()}


def test_rate_of_good_windows_is_heard(rate_errors: dict[str, np.ndarray]) -> None:
    assert len(rate_errors["good"]) > 200
    assert (rate_errors["good"] < 5).mean() >= 0.95


def test_rate_of_poor_windows_is_mostly_heard(rate_errors: dict[str, np.ndarray]) -> None:
    assert (rate_errors["poor"] < 5).mean() >= 0.70


def test_speech_and_silence_hide_the_heart(rate_errors: dict[str, np.ndarray]) -> None:
    hidden = np.concatenate([rate_errors["talking"], rate_errors["silent"]])
    assert (hidden < 5).mean() < 0.5


def test_good_windows_have_the_spectrum_of_real_units(recordings: list[Recording]) -> None:
    good = np.concatenate([windows_of(r.samples)[r.quality == 0] for r in recordings])
    power = np.abs(np.fft.rfft(good - good.mean(axis=1, keepdims=True))) ** 2
    frequency = np.fft.rfftfreq(good.shape[1], 1 / 4_000)
    below = power[:, frequency < 100].sum(axis=1) / power.sum(axis=1)
    assert np.median(below) < 0.01
    assert np.percentile(below, 95) < 0.05
    share = np.cumsum(power, axis=1) / power.sum(axis=1, keepdims=True)
    median = frequency[(share > 0.5).argmax(axis=1)]
    assert 200 < np.median(median) < 350  # real clips: 209-342 Hz


def test_most_windows_are_good_or_poor_and_every_class_occurs(recordings: list[Recording]) -> None:
    labels = np.concatenate([made.quality for made in recordings])
    assert np.isin(labels, [0, 1]).mean() > 0.7
    assert set(labels) == set(range(5))


def test_truth_is_json_and_says_simulated(recordings: list[Recording]) -> None:
    truth = json.loads(json.dumps(truth_of(recordings[0])))
    assert truth["simulated"] is True
    assert len(truth["windows"]) == len(recordings[0].samples) // 15_000 == 32
    assert len(truth["beats_s"]) == len(truth["intervals_ms"]["ict"])


def test_same_numbers_same_recording_and_other_visits_differ() -> None:
    first, again = (simulate_recording(1, 2, 0, minutes=0.25) for _ in range(2))
    other = simulate_recording(1, 2, 1, minutes=0.25)
    assert first.samples.tobytes() == again.samples.tobytes()
    assert not np.array_equal(first.samples, other.samples)
    assert first.samples.dtype == np.float32
    assert np.abs(first.samples).max() <= 1


def test_part_windows_are_allowed() -> None:
    made = simulate_recording(1, 0, 0, minutes=0.1)  # 6 s: one window and a part
    assert len(made.samples) == 24_000
    assert len(made.quality) == 1
