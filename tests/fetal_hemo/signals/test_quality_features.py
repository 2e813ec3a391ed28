"""Features of the quality head: blind to gain, as many as named, and each told by a plain sound."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from fetal_hemo.constants import BANDS, WINDOW_SAMPLES
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.envelope import GROUPS_HZ
from fetal_hemo.signals.quality_features import FEATURES, SHAPES, quality_features
from fetal_hemo.signals.waveform_facts import WAVEFORM_FACTS

TIME = torch.arange(WINDOW_SAMPLES) / 4_000
ROWS = BANDS + SHAPES + len(GROUPS_HZ)
SPREAD = slice(ROWS, ROWS + BANDS)
SKEWNESS = slice(2 * ROWS, 2 * ROWS + len(GROUPS_HZ))
PULSES = slice(-WAVEFORM_FACTS - 6, -WAVEFORM_FACTS - 4)


@pytest.fixture(scope="module")
def noise() -> Tensor:
    return torch.randn(4, WINDOW_SAMPLES, generator=torch.Generator().manual_seed(1))


def test_finite_and_as_many_as_named(noise: Tensor, front_end: FrontEnd) -> None:
    features = quality_features(front_end(torch.cat([torch.zeros(1, WINDOW_SAMPLES), noise])))
    assert features.shape == (5, FEATURES)
    assert torch.isfinite(features).all()


def test_gain_leaves_no_trace(noise: Tensor, front_end: FrontEnd) -> None:
    quiet, loud = (quality_features(front_end(factor * noise)) for factor in (0.05, 20.0))
    torch.testing.assert_close(quiet, loud, atol=5e-3, rtol=0)


def test_a_carrier_is_steadier_than_noise(noise: Tensor, front_end: FrontEnd) -> None:
    carrier = torch.sin(2 * math.pi * 700 * TIME)[None] + 0.05 * noise[:1]
    loudest = int(quality_features(front_end(carrier))[0, :BANDS].argmax())
    steady, restless = (quality_features(front_end(x))[:, SPREAD] for x in (carrier, noise))
    assert steady[0, loudest] < 0.3 * restless[:, loudest].min()


def test_an_envelope_of_beats_leans_to_the_high_side(noise: Tensor, front_end: FrontEnd) -> None:
    """Short beats over quiet have a long upper tail; log magnitudes of noise a lower one."""
    beat = torch.exp(-0.5 * (((TIME * 2.3) % 1.0 - 0.5) / 0.05) ** 2)
    beats, plain = (quality_features(front_end(x))[:, SKEWNESS] for x in (beat * noise, noise))
    assert (beats.mean(dim=0) > plain.mean(dim=0) + 1.0).all()


@pytest.mark.parametrize(("bpm", "slow"), [(75.0, True), (90.0, True), (140.0, False)])
def test_the_peak_of_the_pulse_is_at_its_rate(
    bpm: float, slow: bool, noise: Tensor, front_end: FrontEnd
) -> None:
    beat = torch.exp(-0.5 * (((TIME * bpm / 60) % 1.0 - 0.5) / 0.1) ** 2)
    maternal, fetal = quality_features(front_end((beat + 0.02) * noise))[:, PULSES].mean(dim=0)
    assert bool(maternal > fetal + 0.2) is slow
