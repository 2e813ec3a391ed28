"""Modulation by tracks of known speed and period."""

from __future__ import annotations

import math

import pytest
import torch

from fetal_hemo.constants import FRAME_RATE_HZ, FRAMES
from fetal_hemo.signals.modulation import READINGS, ROUGHNESS, SPEEDS_HZ, modulation

TIME = torch.arange(FRAMES) / FRAME_RATE_HZ
SPEEDS = slice(ROUGHNESS, ROUGHNESS + len(SPEEDS_HZ) - 1)


@pytest.mark.parametrize("speed_hz", [1.0, 2.5, 6.0, 12.0])
def test_the_loudest_speed_is_the_tracks(speed_hz: float) -> None:
    found = modulation(torch.cos(2 * math.pi * speed_hz * TIME)[None, None])[0, SPEEDS]
    best = int(found.argmax())
    assert SPEEDS_HZ[best] / 1.35 <= speed_hz <= SPEEDS_HZ[best + 1] * 1.35


@pytest.mark.parametrize(("bpm", "fetal"), [(140.0, True), (75.0, False)])
def test_a_pulse_repeats_itself_at_its_own_period(bpm: float, fetal: bool) -> None:
    pulse = torch.exp(6 * (torch.cos(2 * math.pi * bpm / 60 * TIME) - 1))
    once, slow, comb = modulation(pulse[None, None])[0, -3:]
    assert (float(once) > 0.9) is fetal
    assert (float(comb) > 0.9) is fetal
    assert float(slow) > 0.9  # a fetal pulse repeats itself after two periods as well


def test_what_moves_inside_a_block_is_roughness() -> None:
    fast = modulation(torch.cos(2 * math.pi * 80.0 * TIME)[None, None])[0]
    slow = modulation(torch.cos(2 * math.pi * 3.0 * TIME)[None, None])[0]
    assert fast[:ROUGHNESS].max() > slow[:ROUGHNESS].max() + 2


def test_a_constant_track_is_finite() -> None:
    found = modulation(torch.zeros(2, 3, FRAMES))
    assert found.shape == (2, 3 * (READINGS + ROUGHNESS))
    assert torch.isfinite(found).all()
