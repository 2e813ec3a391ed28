"""Interferers: finite, repeatable, of RMS 1, and not of a pulse's rate."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.simulate import machines, packets, warbles
from fetal_hemo.simulate.interferers import CHANCE, KINDS, interfering

SAMPLES = 15_000


@pytest.mark.parametrize("kind", KINDS)
def test_sounds_are_finite_and_repeat_by_seed(kind) -> None:
    one, again, other = (kind(SAMPLES, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (SAMPLES,)
    assert one.dtype == np.float32
    assert np.isfinite(one).all()
    assert one.std() > 0
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_every_kind_is_drawn_and_the_mix_has_rms_one() -> None:
    assert len(CHANCE) == len(KINDS)
    assert CHANCE.min() > 0
    for seed in range(30):
        sound = interfering(SAMPLES, np.random.default_rng(seed))
        assert np.sqrt(np.mean(sound**2)) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", [warbles.beating, packets.framed, machines.ignition])
def test_loudness_does_not_pulse_at_a_hearts_rate(kind, seed: int) -> None:
    sound = kind(SAMPLES, np.random.default_rng(seed))
    level = np.square(sound).reshape(-1, 50).mean(axis=1)
    power = np.abs(np.fft.rfft(level - level.mean())) ** 2
    rate = np.fft.rfftfreq(len(level), 50 / 4_000)
    assert power[(rate > 1.6) & (rate < 3.3)].max() < power.max()
