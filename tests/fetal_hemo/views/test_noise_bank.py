"""The noise bank: every kind, from the seed, made once, no excerpt of it silent."""

from __future__ import annotations

import subprocess
import sys

import torch

from fetal_hemo.views.noise_bank import KINDS, SOUNDS_EACH, noise_bank


def test_it_holds_every_kind_at_the_same_level() -> None:
    bank = noise_bank()
    assert bank.shape == (len(KINDS) * SOUNDS_EACH, 60_000)
    assert bank.dtype == torch.float32
    power = bank.double().square().mean(dim=1)
    torch.testing.assert_close(power, torch.ones_like(power), atol=1e-3, rtol=0)


def test_no_window_of_it_is_silent() -> None:
    power = noise_bank().square().unfold(1, 15_000, 500).mean(dim=2)
    assert power.min() > 0.05


def test_the_sounds_all_differ_and_mains_hum_is_where_mains_should_be() -> None:
    bank = noise_bank()
    likeness = (bank @ bank.T / bank.shape[1]).fill_diagonal_(0)
    assert likeness.abs().max() < 0.5
    start = KINDS.index("mains") * SOUNDS_EACH
    for sound in bank[start : start + SOUNDS_EACH]:
        power = torch.fft.rfft(sound).abs().square()
        hertz = torch.arange(len(power)) / 15.0
        on = torch.zeros_like(power, dtype=torch.bool)
        for mains in (50.0, 60.0):
            on |= (torch.remainder(hertz + 0.2, mains) < 0.4) & (hertz > 40)
        assert power[on].sum() > 0.95 * power.sum()


def test_it_is_made_once_and_the_seed_decides() -> None:
    assert noise_bank() is noise_bank()
    assert not torch.equal(noise_bank(1), noise_bank())
    assert torch.equal(noise_bank.__wrapped__(0), noise_bank())


def test_training_without_it_does_not_load_the_simulator() -> None:
    program = "import sys, fetal_hemo.views; print('fetal_hemo.simulate' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"False"
