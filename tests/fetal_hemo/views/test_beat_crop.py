"""The crop: whole beats in order, every interval kept, the rate that of the beats that stay."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch

from fetal_hemo.views.beat_crop import FADE, BeatCrop, CropDraw, chosen, heard_bpm
from fetal_hemo.views.beat_gaps import beat_gaps

BEATS = [(100, 500), (500, 950), (950, 1_400), (1_400, 1_800)]


def test_the_run_is_contiguous_and_turned() -> None:
    assert chosen(BEATS, 0.0, 0.0, 0.0) == BEATS
    assert chosen(BEATS, 0.0, 0.9, 0.6) == BEATS[2:] + BEATS[:2]
    assert chosen(BEATS, 0.5, 0.99, 0.0) == BEATS[2:]
    assert chosen(BEATS, 0.25, 0.0, 0.99) == [BEATS[2], *BEATS[:2]]
    assert chosen(BEATS, 0.75, 0.5, 0.0) == BEATS[1:3]  # never fewer than two


def whole(items: int, turn: float = 0.0, cut: float = 0.0, first: float = 0.0) -> CropDraw:
    return CropDraw(*(torch.full((items,), value) for value in (cut, first, turn)))


def test_what_is_laid_is_what_was_there_beat_by_beat(hearts) -> None:
    samples, bpm = hearts.samples[:8], hearts.heard_bpm[:8]
    changed = BeatCrop(0.5).apply(samples, whole(8, turn=0.5, cut=0.3, first=0.5), bpm)
    for before, after, gaps in zip(samples, changed, beat_gaps(samples, bpm), strict=True):
        run = chosen(list(pairwise(gaps)), 0.3, 0.5, 0.5)
        at = 0
        for begin, end in run:
            inner = slice(at + FADE, at + end - begin - FADE)
            assert torch.equal(after[inner], before[begin + FADE : end - FADE])
            at += end - begin
        last = int(after.nonzero().max()) + 1
        longest = max(end - begin for begin, end in run)
        assert len(after) - last <= longest  # the silent rest is less than a beat


def test_lobes_inside_the_run_move_together_by_a_constant(hearts) -> None:
    """No turn, nothing cut: a shift of the window, so intervals are kept to the sample."""
    samples, bpm = hearts.samples[:8], hearts.heard_bpm[:8]
    changed = BeatCrop(0.5).apply(samples, whole(8), bpm)
    for before, after, gaps in zip(samples, changed, beat_gaps(samples, bpm), strict=True):
        length = gaps[-1] - gaps[0]
        inner = slice(FADE, length - FADE)
        assert torch.equal(after[:length][inner], before[gaps[0] : gaps[-1]][inner])


def test_the_rate_is_that_of_the_beats_that_stay(hearts, hear) -> None:
    crop, items = BeatCrop(0.25), len(hearts.samples)
    drawn = crop.draw(items, 15_000, torch.Generator().manual_seed(0))
    bpm = hear(crop.apply(hearts.samples, drawn, hearts.heard_bpm))
    expected = []
    for item, gaps in enumerate(beat_gaps(hearts.samples, hearts.heard_bpm)):
        shares = (float(part[item]) for part in (drawn.cut, drawn.first, drawn.turn))
        run = chosen(list(pairwise(gaps)), *shares)
        expected.append(60 * 4_000 / np.mean([end - begin for begin, end in run]))
    error = (bpm / torch.tensor(expected) - 1).abs()
    assert error.median() < 0.005
    assert (error < 0.01).float().mean() >= 0.9
    assert error.max() < 0.03


def test_a_window_without_a_sure_rate_is_left_alone() -> None:
    noise = 0.1 * torch.randn(4, 15_000, generator=torch.Generator().manual_seed(0))
    assert torch.isnan(heard_bpm(noise)).all()
    assert torch.equal(BeatCrop(0.5).apply(noise, whole(4)), noise)


def test_the_rate_is_listened_for_if_it_is_not_given(hearts) -> None:
    samples, bpm = hearts.samples[:4], hearts.heard_bpm[:4]
    crop, drawn = BeatCrop(0.5), whole(4, turn=0.4)
    assert torch.equal(crop.apply(samples, drawn), crop.apply(samples, drawn, bpm))
