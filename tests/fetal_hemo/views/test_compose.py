"""All augmentations together: what they must keep, what they must change, and how fast."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from fetal_hemo.recipe import load_recipe
from fetal_hemo.settings import Augment
from fetal_hemo.signals import FrontEnd
from fetal_hemo.views import Augmentations

RATES_BPM = (110.0, 127.0, 140.0, 155.0, 170.0)


@pytest.fixture(scope="module")
def augment() -> Augmentations:
    return Augmentations.from_recipe(load_recipe().augment)


def beat_train(rates_bpm: tuple[float, ...]) -> Tensor:
    """Samples `(rates, 15000)`: one 60 ms burst of noise at each beat, on a faint floor."""
    generator = torch.Generator().manual_seed(0)
    moment = torch.arange(15_000) / 4_000
    period = 60 / torch.tensor(rates_bpm).unsqueeze(1)
    since = torch.remainder(moment, period)
    envelope = torch.exp(-0.5 * ((since - 0.15) / 0.03) ** 2) + 0.02
    return 0.1 * envelope * torch.randn(len(rates_bpm), 15_000, generator=generator)


OFF = Augment(gain_db=0.0, noise_snr_db=(60.0, 60.0), time_mask_s=0.0, band_response_db=0.0)
ALONE = {
    "gain": replace(OFF, gain_db=12.0),
    "noise": replace(OFF, noise_snr_db=(10.0, 10.0)),
    "time mask": replace(OFF, time_mask_s=0.5),
    "band response": replace(OFF, band_response_db=6.0),
}


def heart_rate_errors(augmentations: Augmentations, draws: int) -> Tensor:
    """Absolute errors in bpm `(draws * rates,)` after augmentation."""
    samples, front_end = beat_train(RATES_BPM).repeat(draws, 1), FrontEnd()
    with torch.no_grad():
        bpm = front_end(augmentations(samples, torch.Generator().manual_seed(0))).heart_rate_bpm
    return (bpm - torch.tensor(RATES_BPM).repeat(draws)).abs()


@pytest.mark.parametrize("name", ALONE)
def test_the_heart_rate_survives_each_augmentation(name: str) -> None:
    assert heart_rate_errors(Augmentations(ALONE[name]), draws=10).max() < 2.0


def test_the_heart_rate_survives_all_of_them_together(augment: Augmentations) -> None:
    errors = heart_rate_errors(augment, draws=40)
    assert (errors < 2.0).float().mean() >= 0.97  # the estimator, not the beats, gives way
    assert errors.median() < 0.5


def test_beats_stay_where_they_are(augment: Augmentations) -> None:
    samples = beat_train(RATES_BPM)
    with torch.no_grad():
        before = FrontEnd()(samples).envelope.mean(dim=1)
        after = FrontEnd()(augment(samples, torch.Generator().manual_seed(0))).envelope.mean(dim=1)
    for lag in (-2, 2):  # 10 ms to either side fits less well
        there = torch.nn.functional.cosine_similarity(before, after, dim=1)
        moved = torch.nn.functional.cosine_similarity(before.roll(lag, dims=1), after, dim=1)
        assert (there > moved).all()


def test_the_seed_decides_and_the_input_is_untouched(augment: Augmentations) -> None:
    samples = beat_train(RATES_BPM)
    kept = samples.clone()
    first, again, other = (augment(samples, torch.Generator().manual_seed(s)) for s in (0, 0, 1))
    assert torch.equal(samples, kept)
    assert torch.equal(first, again)
    assert not torch.allclose(first, other, atol=1e-3)
    assert torch.isfinite(first).all()


def test_the_global_generator_is_left_alone(augment: Augmentations) -> None:
    before = torch.random.get_rng_state()
    augment(beat_train(RATES_BPM), torch.Generator().manual_seed(0))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_batch_of_64_takes_well_under_a_training_step(augment: Augmentations) -> None:
    samples = torch.zeros(64, 15_000).fill_(0.1)
    generator = torch.Generator().manual_seed(0)
    augment(samples, generator)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        augment(samples, generator)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.15  # about 0.02 on a free core
