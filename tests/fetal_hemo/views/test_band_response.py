"""The random frequency response: within its limits, smooth, without delay."""

from __future__ import annotations

import torch

from fetal_hemo.views.band_response import KNOTS, TAPS, BandResponse, ResponseDraw, response_kernels


def drawn(items: int) -> ResponseDraw:
    return BandResponse(6.0).draw(items, 15_000, torch.Generator().manual_seed(0))


def test_the_response_stays_within_its_limits_and_uses_them() -> None:
    kernels = response_kernels(drawn(200).knots_db)
    decibels = 20 * torch.fft.rfft(kernels, n=1024).abs().log10()
    assert decibels.abs().max() < 6.5
    assert decibels.std() > 1.5
    assert decibels.diff(dim=1).abs().max() < 0.5  # smooth: per 3.9 Hz


def test_zero_decibels_is_the_identity() -> None:
    kernel = response_kernels(torch.zeros(1, KNOTS))[0]
    expected = torch.zeros(TAPS)
    expected[TAPS // 2] = 1
    torch.testing.assert_close(kernel, expected, atol=1e-6, rtol=0)


def test_nothing_moves_in_time_and_items_do_not_mix() -> None:
    clicks = torch.zeros(3, 15_000)
    clicks[0, 4_000] = clicks[1, 9_000] = 1
    changed = BandResponse(6.0).apply(clicks, drawn(3))
    assert changed.abs().argmax(dim=1).tolist()[:2] == [4_000, 9_000]
    assert (changed[2] == 0).all()
    assert changed[0, 8_000:].abs().max() == 0
    torch.testing.assert_close(changed[0, 3_970:4_000], changed[0, 4_001:4_031].flip(0))


def test_items_get_responses_of_their_own() -> None:
    same = torch.randn(1, 4_000, generator=torch.Generator().manual_seed(0)).expand(2, -1)
    first, second = BandResponse(6.0).apply(same, drawn(2))
    assert not torch.allclose(first, second, atol=1e-2)
