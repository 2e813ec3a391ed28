"""The warp: the length stands, intervals move by the share allowed, tones are read exactly."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fetal_hemo.views.time_warp import TimeWarp, WarpDraw, displacement, read_later

LENGTH = 15_000
MOST = 0.02


def drawn(items: int, seed: int = 0) -> WarpDraw:
    return TimeWarp(MOST).draw(items, LENGTH, torch.Generator().manual_seed(seed))


def test_the_ends_stand_and_no_stretch_of_time_changes_by_more_than_the_share() -> None:
    shift = displacement(LENGTH, drawn(300))
    torch.testing.assert_close(shift[:, [0, -1]], torch.zeros(300, 2), atol=1e-3, rtol=0)
    slope = shift.double().diff(dim=1)
    assert slope.abs().max() <= MOST + 1e-4
    assert slope.abs().amax(dim=1).mean() > 0.4 * MOST  # and it is used
    assert shift.abs().max() <= 100  # 25 ms


def test_a_tone_is_read_where_the_displacement_says() -> None:
    """Known answer: numpy's sine at the displaced times."""
    seconds = np.arange(LENGTH) / 4_000
    at = seconds + displacement(LENGTH, drawn(1))[0].double().numpy() / 4_000
    for hertz, atol in ((100.0, 1e-3), (600.0, 5e-3), (1_500.0, 3e-2)):
        tone = torch.from_numpy(np.sin(2 * np.pi * hertz * seconds)).float().unsqueeze(0)
        changed = TimeWarp(MOST).apply(tone, drawn(1))[0].numpy()
        inner = slice(100, -100)
        expected = np.sin(2 * np.pi * hertz * at)
        np.testing.assert_allclose(changed[inner], expected[inner], atol=atol)


def test_no_displacement_is_the_identity() -> None:
    samples = torch.randn(2, LENGTH, generator=torch.Generator().manual_seed(0))
    still = WarpDraw(torch.zeros(2, 3))
    torch.testing.assert_close(TimeWarp(MOST).apply(samples, still), samples, atol=1e-5, rtol=0)


def test_a_quarter_of_a_sample_later_is_read_there_and_beyond_the_end_nothing_fails() -> None:
    def slow(moments: torch.Tensor) -> torch.Tensor:
        return torch.cos(2 * torch.pi * moments / 50).unsqueeze(0)

    moments = torch.arange(200.0)
    late = read_later(slow(moments), torch.full((1, 200), 2.25))
    inner = slice(20, -20)
    torch.testing.assert_close(late[:, inner], slow(moments + 2.25)[:, inner], atol=2e-3, rtol=0)
    assert torch.isfinite(read_later(slow(moments), torch.full((1, 200), 300.0))).all()


@pytest.mark.parametrize("seed", range(5))
def test_every_beat_is_there_and_its_interval_within_the_share(seed: int) -> None:
    times = np.arange(700, LENGTH - 300, 1_714)  # 140 bpm
    clicks = torch.zeros(1, LENGTH)
    clicks[0, torch.from_numpy(times)] = 1
    changed = TimeWarp(MOST).apply(clicks, drawn(1, seed))[0].abs().numpy()
    found = np.array([t - 150 + changed[t - 150 : t + 150].argmax() for t in times])
    assert np.abs(np.diff(found) - 1_714).max() <= MOST * 1_714 + 1  # 8.6 ms, to a sample
    assert np.abs(found - times).max() <= 100
    assert not np.array_equal(found, times)
    changed[(np.arange(-40, 41) + found[:, None]).ravel()] = 0
    assert changed.max() < 0.02  # and no other


def test_lobes_move_as_far_as_the_displacement_says(hearts) -> None:
    drew = TimeWarp(MOST).draw(len(hearts.samples), LENGTH, torch.Generator().manual_seed(0))
    changed = TimeWarp(MOST).apply(hearts.samples, drew)
    shift = displacement(LENGTH, drew)
    errors = []
    for item, events in enumerate(hearts.events):
        for at in 4_000 * events.systole[(events.systole > 0.4) & (events.systole < 3.3)]:
            lag = local_lag(hearts.samples[item], changed[item], int(at))
            errors.append(lag + float(shift[item, int(at)]))
    assert np.percentile(np.abs(errors), 95) <= 20  # 5 ms
    assert np.abs(np.median(errors)) <= 4


def local_lag(before: torch.Tensor, after: torch.Tensor, at: int) -> int:
    """How much later, in samples, what stood around `at` stands now."""
    near = before[at - 300 : at + 300].abs()
    lags = range(-160, 161, 4)
    fit = [float(-(near - after[at - 300 + k : at + 300 + k].abs()).abs().sum()) for k in lags]
    return lags[int(np.argmax(fit))]


def test_the_mean_rate_stays_within_one_percent(hearts, hear) -> None:
    drew = TimeWarp(MOST).draw(len(hearts.samples), LENGTH, torch.Generator().manual_seed(0))
    error = (hear(TimeWarp(MOST).apply(hearts.samples, drew)) / hearts.heard_bpm - 1).abs()
    assert error.max() < 0.01
    assert error.median() < 0.002
