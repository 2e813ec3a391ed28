"""The held-out windows: balanced, repeatable, and true to their names by measures of their own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import find_peaks

from fetal_hemo.constants import QUALITY_CLASSES
from fetal_hemo.signals import FrontEnd, Signals
from fetal_hemo.simulate.heldout import beats, held_out_windows, overdrive, radio, vessels, voices
from fetal_hemo.simulate.quality import quality_windows

SAMPLES = 15_000
Windows = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def windows() -> Windows:
    return held_out_windows(140, 3)


@pytest.fixture(scope="module")
def signals(windows: Windows) -> Signals:
    with torch.no_grad():
        return FrontEnd()(torch.from_numpy(windows[0]))


def of_class(values: torch.Tensor, windows: Windows, name: str) -> np.ndarray:
    return values.numpy()[windows[1] == QUALITY_CLASSES.index(name)]


def test_shapes_balance_and_range(windows: Windows) -> None:
    samples, labels = windows
    assert samples.dtype == np.float32
    assert np.bincount(labels).tolist() == [20] * len(QUALITY_CLASSES)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1


def test_a_window_depends_on_seed_and_place_alone(windows: Windows) -> None:
    assert held_out_windows(7, 3)[0].tobytes() == windows[0][:7].tobytes()
    assert held_out_windows(7, 4)[0].tobytes() != windows[0][:7].tobytes()


def test_they_are_not_the_training_windows(windows: Windows) -> None:
    """Not even scaled copies: no window correlates with the training window in its place."""
    training, _ = quality_windows(28, 3)
    for one, other in zip(windows[0], training, strict=False):
        spread = one.std() * other.std()
        if spread > 1e-9:
            assert abs(np.mean((one - one.mean()) * (other - other.mean()))) < 0.2 * spread


def test_beats_are_clear_where_they_should_be(windows: Windows, signals: Signals) -> None:
    good, poor, talking = (
        np.median(of_class(signals.confidence, windows, name))
        for name in ("good", "poor", "talking")
    )
    assert good > poor > talking


def test_silence_alone_is_dead(windows: Windows, signals: Signals) -> None:
    dead = signals.dead_share.numpy()
    silent = windows[1] == QUALITY_CLASSES.index("silent")
    assert (dead[silent] > 0.99).all()
    assert (dead[~silent] < 0.3).mean() > 0.97


@pytest.mark.parametrize("seed", range(5))
def test_mother_and_child_beat_at_their_own_rates(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for bpm in (beats.RATE_BPM, vessels.PULSE_BPM):
        found = 60 / np.diff(beats.beat_times(40 * SAMPLES, bpm, rng)).mean()
        assert bpm[0] - 3 < found < bpm[1] + 3


@pytest.mark.parametrize("seed", range(5))
def test_a_voice_has_a_pitch_and_pauses(seed: int) -> None:
    sound = voices.voice(4 * SAMPLES, np.random.default_rng(seed))
    pieces = sound.reshape(-1, 400)  # 0.1 s
    loudness = pieces.std(axis=1)
    assert (loudness < 0.1 * loudness.max()).mean() > 0.05
    pitch = []
    for piece in pieces[loudness > np.median(loudness)]:
        curve = np.correlate(piece, piece, mode="full")[399:]
        pitch.append(curve[10:60].max() / curve[0])  # 67 to 400 Hz
    assert np.median(pitch) > 0.5


def test_time_slots_make_a_comb() -> None:
    sound = radio.time_slots(SAMPLES, np.random.default_rng(4))
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(SAMPLES)))
    peaks, _ = find_peaks(spectrum, height=0.2 * spectrum.max(), distance=150)
    steps = np.diff(np.fft.rfftfreq(SAMPLES, 1 / 4_000)[peaks])
    assert np.median(steps) == pytest.approx(
        min(radio.SLOT_RATES_HZ, key=lambda rate: abs(rate - np.median(steps))), abs=2.0
    )


@pytest.mark.parametrize("seed", range(8))
def test_overdrive_stays_in_range_and_flattens(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sound = rng.standard_normal(SAMPLES)
    cut = overdrive.overdriven(sound, 0.4, rng)
    assert np.abs(cut).max() <= 1
    assert np.mean(cut**4) / np.mean(cut**2) ** 2 < 2.2  # 3 for what went in
