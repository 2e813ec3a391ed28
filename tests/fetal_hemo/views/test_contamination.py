"""Contamination: an excerpt of the bank at the ratio drawn, added and nothing else."""

from __future__ import annotations

import pytest
import torch

from fetal_hemo.views.contamination import Contamination, ContaminationDraw
from fetal_hemo.views.noise_bank import noise_bank


@pytest.mark.parametrize("snr_db", [0.0, 5.0, 20.0])
def test_the_ratio_is_the_one_asked_for(snr_db: float, hearts) -> None:
    mixer, samples = Contamination((snr_db, snr_db)), hearts.samples
    drawn = mixer.draw(*samples.shape, torch.Generator().manual_seed(0))
    added = mixer.apply(samples, drawn) - samples
    ratio = 10 * (samples.square().mean(dim=1) / added.square().mean(dim=1)).log10()
    torch.testing.assert_close(ratio, torch.full_like(ratio, snr_db), atol=0.02, rtol=0)


def test_what_is_added_is_the_excerpt_that_was_drawn(hearts) -> None:
    samples = hearts.samples[:2]
    drawn = ContaminationDraw(torch.tensor([3, 20]), torch.tensor([0.0, 0.5]), torch.zeros(2))
    added = Contamination((0.0, 0.0)).apply(samples, drawn) - samples
    excerpts = torch.stack([noise_bank()[3, :15_000], noise_bank()[20, 22_500:37_500]])
    likeness = torch.nn.functional.cosine_similarity(added, excerpts)
    torch.testing.assert_close(likeness, torch.ones(2), atol=1e-4, rtol=0)


def test_every_sound_is_drawn_and_every_ratio_between_the_limits() -> None:
    drawn = Contamination((5.0, 20.0)).draw(2_000, 15_000, torch.Generator().manual_seed(0))
    assert set(drawn.sound.tolist()) == set(range(len(noise_bank())))
    assert 5.0 <= drawn.snr_db.min() < 5.2
    assert 19.8 < drawn.snr_db.max() <= 20.0
    assert drawn.start.max() < 1.0
