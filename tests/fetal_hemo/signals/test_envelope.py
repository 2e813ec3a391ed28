"""The envelope against a plain sum, on sounds with a known modulation and at any level."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from fetal_hemo.constants import BANDS, FRAMES
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.envelope import GROUPS_HZ, LOG_FLOOR, Envelope
from fetal_hemo.signals.filterbank import band_centres_hz


def test_agrees_with_a_plain_loop_over_groups() -> None:
    magnitudes = np.random.default_rng(1).lognormal(0, 1, (3, BANDS, FRAMES))
    found = Envelope()(torch.from_numpy(magnitudes.astype(np.float32))).numpy()
    assert found.shape == (3, len(GROUPS_HZ), FRAMES)
    for group, (low, high) in enumerate(GROUPS_HZ):
        inside = [b for b, hz in enumerate(band_centres_hz()) if low <= hz < high]
        power = sum(magnitudes[:, b] ** 2 for b in inside)
        loud = np.sqrt(power)
        expected = np.log(loud / loud.mean(axis=1, keepdims=True) + LOG_FLOOR)
        np.testing.assert_allclose(found[:, group], expected, atol=1e-5)


def test_every_group_holds_bands() -> None:
    assert (Envelope().membership.sum(dim=1) >= 5).all()


def test_no_trace_of_the_level_of_any_group() -> None:
    generator = torch.Generator().manual_seed(2)
    magnitudes = torch.rand(1, BANDS, FRAMES, generator=generator) + 0.1
    torch.testing.assert_close(
        Envelope()(magnitudes), Envelope()(magnitudes * 40), atol=1e-5, rtol=0
    )


def test_peaks_lie_where_the_beats_are(
    front_end: FrontEnd, beat_train: Callable[..., Tensor]
) -> None:
    samples = beat_train(120.0, seed=4, noise=0.02)
    loudness = samples[0].reshape(FRAMES, -1).square().mean(dim=1).sqrt()
    for envelope in front_end(samples).envelope[0]:
        assert np.corrcoef(envelope.exp(), loudness)[0, 1] > 0.7
        assert envelope.max() > 1.0 > 0.0 > envelope.min()
        assert envelope.min() >= np.log(LOG_FLOOR)
