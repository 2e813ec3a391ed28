"""Intervals between envelopes: planted delays are found, whatever the start, level and rate."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from fetal_hemo.constants import FRAME_RATE_HZ, FRAMES
from fetal_hemo.signals.intervals import LAGS, REFERENCE_BPM, Intervals

GROUPS = 3
STEP_S = 0.01
BUMP_S = 0.012


def bumps(delays_s: tuple[float, ...], bpm: float = REFERENCE_BPM, start_s: float = 0.0) -> Tensor:
    """Envelopes `(1, groups, frames)`: one bump a beat in each group, so much later."""
    time = np.arange(FRAMES) / FRAME_RATE_HZ
    beats = start_s + np.arange(-2, 16) * 60.0 / bpm
    rows = [
        np.exp(-0.5 * ((time[:, None] - beats - delay) / BUMP_S) ** 2).sum(1) for delay in delays_s
    ]
    return torch.from_numpy(np.stack(rows).astype(np.float32))[None]


def found(envelopes: Tensor, bpm: float = REFERENCE_BPM) -> Tensor:
    """`(groups, groups, lags)`."""
    rows = Intervals()(envelopes, torch.tensor([bpm]))
    return rows[0].unflatten(0, (envelopes.shape[1], -1))


def test_a_row_is_the_correlation_of_one_group_with_a_later_one() -> None:
    generator = torch.Generator().manual_seed(0)
    envelopes = torch.rand(1, GROUPS, FRAMES, generator=generator)
    steps = envelopes[0].unflatten(-1, (-1, 2)).mean(-1).double().numpy()
    steps = (steps - steps.mean(1, keepdims=True)) / steps.std(1, keepdims=True)
    curves = found(envelopes)
    assert curves.shape == (GROUPS, GROUPS, LAGS)
    for i in range(GROUPS):
        for j in range(GROUPS):
            full = np.correlate(steps[j], steps[i], "full")[steps.shape[1] - 1 :][:LAGS]
            np.testing.assert_allclose(curves[i, j], full / steps.shape[1], atol=1e-5)


@pytest.mark.parametrize("delay_s", [0.05, 0.08, 0.2])
@pytest.mark.parametrize("start_s", [0.0, 0.11, 0.29])
def test_the_peak_stands_at_the_delay(delay_s: float, start_s: float) -> None:
    curve = found(bumps((0.0, delay_s), start_s=start_s))[0, 1]
    assert int(curve.argmax()) * STEP_S == pytest.approx(delay_s, abs=STEP_S / 2)


@pytest.mark.parametrize("bpm", [110.0, 125.0, 160.0, 180.0])
def test_a_delay_that_goes_with_the_cycle_is_found_where_it_is_at_the_reference_rate(
    bpm: float,
) -> None:
    delay_s = 0.17 * (REFERENCE_BPM / bpm) ** 0.7
    curve = found(bumps((0.0, delay_s), bpm), bpm)[0, 1]
    assert int(curve.argmax()) == 17


def test_level_and_contrast_of_a_group_leave_no_trace() -> None:
    envelopes = bumps((0.0, 0.07, 0.15))
    other = envelopes * torch.tensor([3.0, 0.2, 1.0])[None, :, None] + 5.0
    torch.testing.assert_close(found(other), found(envelopes), atol=1e-4, rtol=0)


def test_silence_and_absurd_rates_stay_finite() -> None:
    silent = torch.zeros(2, GROUPS, FRAMES)
    curves = Intervals()(silent, torch.tensor([20.0, 400.0]))
    assert (curves == 0).all()
