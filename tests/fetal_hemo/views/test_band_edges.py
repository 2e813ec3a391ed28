"""The edges of the band: scipy's Butterworth magnitude, no phase, within the limits drawn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import signal

from fetal_hemo.views.band_edges import ORDERS, BandEdges, EdgesDraw, edges

EDGES = BandEdges((30.0, 150.0), (700.0, 1_500.0))
CHOSEN = EdgesDraw(*(torch.tensor([value]) for value in (120.0, 3.0, 900.0, 2.0)))


def test_the_magnitude_is_that_of_butterworth_filters() -> None:
    hertz = np.linspace(1.0, 2_000.0, 400)
    expected = np.ones_like(hertz)
    for order, corner, kind in ((3, 120.0, "highpass"), (2, 900.0, "lowpass")):
        top, bottom = signal.butter(order, 2 * np.pi * corner, kind, analog=True)
        expected *= np.abs(signal.freqs(top, bottom, 2 * np.pi * hertz)[1])
    found = edges(torch.from_numpy(hertz).float(), CHOSEN)[0]
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("hertz", [40.0, 120.0, 400.0, 900.0, 1_800.0])
def test_a_tone_is_scaled_and_not_shifted(hertz: float) -> None:
    tone = torch.sin(2 * torch.pi * hertz * torch.arange(15_000) / 4_000).unsqueeze(0)
    scale = edges(torch.tensor([hertz]), CHOSEN)[0, 0]
    inner = slice(1_000, -1_000)  # the ends are mirrored
    changed = EDGES.apply(tone, CHOSEN)
    torch.testing.assert_close(changed[:, inner], scale * tone[:, inner], atol=2e-3, rtol=0)


def test_a_click_stays_symmetric_about_its_moment() -> None:
    click = torch.zeros(1, 15_000)
    click[0, 5_000] = 1
    changed = EDGES.apply(click, CHOSEN)[0]
    assert changed.argmax() == 5_000
    torch.testing.assert_close(
        changed[4_700:5_000].flip(0), changed[5_001:5_301], atol=1e-5, rtol=0
    )


def test_corners_and_orders_are_drawn_between_their_limits() -> None:
    drawn = EDGES.draw(2_000, 15_000, torch.Generator().manual_seed(0))
    limits = (EDGES.high_pass_hz, ORDERS, EDGES.roll_off_hz, ORDERS)
    for name, (low, high) in zip(EdgesDraw.__dataclass_fields__, limits, strict=True):
        column = getattr(drawn, name)
        assert low <= column.min() < low + 0.01 * (high - low)
        assert high - 0.01 * (high - low) < column.max() <= high
