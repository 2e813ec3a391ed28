"""Labelled quality windows: balanced, varied, reproducible, and true to their names."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fetal_hemo.signals.front_end import FrontEnd
from fetal_hemo.signals.waveform_facts import mean_powers
from fetal_hemo.simulate.quality import quality_windows

SILENT, NO_FETAL_SIGNAL, CLIPPED = 4, 5, 6
HEARD = (0, 1, 2, 3, NO_FETAL_SIGNAL, CLIPPED)
Windows = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def windows() -> Windows:
    return quality_windows(210, 3)


def test_shapes_types_and_balance(windows: Windows) -> None:
    samples, labels = windows
    assert samples.shape == (210, 15_000)
    assert samples.dtype == np.float32
    assert labels.dtype == np.int64
    assert np.bincount(labels).tolist() == [30] * 7
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1


def test_a_window_depends_on_seed_and_place_alone(windows: Windows) -> None:
    few, _ = quality_windows(7, 3)
    other, _ = quality_windows(7, 4)
    assert few.tobytes() == windows[0][:7].tobytes()
    assert few.tobytes() != other.tobytes()


def test_level_does_not_tell_the_class_except_silence(windows: Windows) -> None:
    level = 20 * np.log10(windows[0].std(axis=1) + 1e-9)
    means = [level[windows[1] == label].mean() for label in HEARD]
    assert np.ptp(means) < 8
    assert all(np.ptp(level[windows[1] == label]) > 22 for label in HEARD)
    assert np.median(level[windows[1] == SILENT]) < -75


def test_beats_are_clearer_in_good_than_in_poor_than_in_talking(windows: Windows) -> None:
    with torch.no_grad():
        signals = FrontEnd()(torch.from_numpy(windows[0]))
    sure = [float(np.median(signals.confidence[windows[1] == label])) for label in (0, 1, 3)]
    assert sure[0] > sure[1] + 0.1 > sure[2] + 0.2
    dead = signals.dead_share.numpy()
    assert (dead[windows[1] != SILENT] < 0.3).mean() > 0.97
    assert np.median(dead[windows[1] == SILENT]) > 0.9


def test_only_the_class_clipped_is_cut_off(windows: Windows) -> None:
    full = mean_powers(torch.from_numpy(windows[0]))[:, 2].numpy()
    others = np.isin(windows[1], (0, 1, NO_FETAL_SIGNAL))
    assert np.median(full[windows[1] == CLIPPED]) > np.quantile(full[others], 0.97)


def test_some_windows_come_from_slow_sources(windows: Windows) -> None:
    power = np.abs(np.fft.rfft(windows[0])) ** 2
    frequency = np.fft.rfftfreq(15_000, 1 / 4_000)
    above = power[:, frequency > 505].sum(axis=1) / (power.sum(axis=1) + 1e-12)
    slow = (above < 1e-6) & (windows[1] < SILENT)
    assert 0.05 < slow.mean() < 0.4
