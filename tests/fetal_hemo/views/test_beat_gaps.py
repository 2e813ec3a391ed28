"""Gaps between beats: whole cycles between them, in the quiet, none without a rate."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fetal_hemo.views.beat_gaps import beat_gaps, quietness


@pytest.mark.parametrize(("lobe", "least"), [("systole", 0.999), ("atrial", 0.99), ("early", 0.99)])
def test_between_two_gaps_lies_one_lobe_of_each_kind(lobe: str, least: float, hearts) -> None:
    """Now and then an early lobe is too faint to be heard, and the pause is found in it."""
    whole = []
    for events, gaps in zip(hearts.events, gaps_of(hearts), strict=True):
        assert len(gaps) >= 5
        whole.extend(np.histogram(getattr(events, lobe), np.array(gaps) / 4_000)[0] == 1)
    assert np.mean(whole) >= least


def test_it_is_quiet_at_a_gap(hearts) -> None:
    """Lobes are one deviation louder than the mean."""
    quiet = quietness(hearts.samples).numpy()
    at = np.concatenate(
        [row[np.array(gaps) // 20] for row, gaps in zip(quiet, gaps_of(hearts), strict=True)]
    )
    assert np.mean(at > 0.4) > 0.99
    assert np.median(at) > 1.0


def test_a_gap_keeps_its_distance_to_the_beat(hearts) -> None:
    """So an interval across a seam, from the last gap to the first, is known to milliseconds."""
    away_ms, seam_ms = [], []
    for events, gaps in zip(hearts.events, gaps_of(hearts), strict=True):
        at_s = np.array(gaps) / 4_000
        follows = events.systole[np.searchsorted(events.systole, at_s)]
        distance = 1_000 * (follows - at_s)
        away_ms.extend(np.abs(distance - np.median(distance)))
        seam_ms.append(abs(distance[0] - distance[-1]))
    assert np.median(away_ms) < 4
    assert np.percentile(away_ms, 95) < 15
    assert np.median(seam_ms) < 8
    assert np.percentile(seam_ms, 90) < 20


def gaps_of(hearts) -> list[list[int]]:
    return beat_gaps(hearts.samples, hearts.heard_bpm)


def test_a_rate_that_drifts_is_followed() -> None:
    """Bursts whose interval grows from 380 to 480 ms: a gap in the middle of every pause."""
    at = np.cumsum(np.linspace(0.38, 0.48, 9)) - 0.2
    seconds = np.arange(15_000) / 4_000
    loud = np.exp(-0.5 * ((seconds - at[:, None]) / 0.05) ** 2).sum(axis=0)
    noise = np.random.default_rng(0).standard_normal(15_000)
    samples = torch.from_numpy((loud + 1e-3) * noise).float().unsqueeze(0)
    (gaps,) = beat_gaps(samples, torch.tensor([60 / 0.43]))
    assert (np.histogram(at, np.array(gaps) / 4_000)[0] == 1).all()
    assert len(gaps) >= 7
    assert np.abs(at[:, None] - np.array(gaps) / 4_000).min() > 0.1


def test_no_rate_no_gaps_and_silence_does_not_fail(hearts) -> None:
    samples = torch.stack([hearts.samples[0], torch.zeros(15_000)])
    none, silent = beat_gaps(samples, torch.tensor([torch.nan, 140.0]))
    assert none == []
    assert silent == sorted(set(silent))


def test_quietness_is_level_free(hearts) -> None:
    samples = hearts.samples[:3]
    torch.testing.assert_close(quietness(samples), quietness(20 * samples), atol=1e-3, rtol=1e-3)
