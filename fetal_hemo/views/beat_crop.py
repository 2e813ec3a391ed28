"""Some of a window's beats, from another one on: cut between beats and never inside one."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass

import torch
from torch import Tensor

from fetal_hemo.signals import FrontEnd
from fetal_hemo.views.beat_gaps import beat_gaps
from fetal_hemo.views.transform import uniform

FADE = 10  # samples, 2.5 ms at either side of a cut: the quietest moment, without a click
FEWEST_BEATS = 2
LEAST_CONFIDENCE = 0.3  # of the front end's rate: a window with less is left as it is


@dataclass(frozen=True)
class CropDraw:
    """`cut`, share of beats left out; `first` and `turn` in 0-1, where the rest lies and begins."""

    cut: Tensor
    first: Tensor
    turn: Tensor


@dataclass(frozen=True)
class BeatCrop:
    """A run of whole beats, of which up to the share `most` is left out, begun at one by chance.

    The run goes round until no whole beat fits any more; what is left, less than a beat, is
    silent. Intervals inside the run are kept to the sample; where it closes, an interval is what
    came before one gap plus what came after another: off by 5 ms (median; 15 ms in nine of ten
    simulated hearts). The rate heard is that of the beats that stay, within 1.5 % as the silent end
    pulls the estimator. Windows without a sure rate are left alone.
    """

    most: float

    def draw(self, items: int, length: int, generator: torch.Generator) -> CropDraw:
        """How much of every window is left out, and where."""
        cut = uniform(items, (0.0, self.most), generator)
        first, turn = torch.rand(2, items, generator=generator)
        return CropDraw(cut, first, turn)

    def apply(self, samples: Tensor, drawn: CropDraw, bpm: Tensor | None = None) -> Tensor:
        """Samples `(items, 15000)` cropped; `bpm` `(items,)`, NaN if unknown, or else listened for.

        Listening costs one pass of the front end.
        """
        rates = heard_bpm(samples) if bpm is None else bpm
        changed = samples.clone()
        for item, gaps in enumerate(beat_gaps(samples, rates)):
            beats = list(itertools.pairwise(gaps))
            if len(beats) >= FEWEST_BEATS:
                shares = (drawn.cut[item], drawn.first[item], drawn.turn[item])
                run = chosen(beats, *(float(share) for share in shares))
                changed[item] = _lay(samples[item], run)
        return changed


def chosen(
    beats: list[tuple[int, int]], cut: float, first: float, turn: float
) -> list[tuple[int, int]]:
    """The beats `(begin, end)` that stay, in their new order."""
    count = max(FEWEST_BEATS, round(len(beats) * (1 - cut)))
    start = min(int(first * (len(beats) - count + 1)), len(beats) - count)
    kept = beats[start : start + count]
    begin = min(int(turn * count), count - 1)
    return kept[begin:] + kept[:begin]


@torch.no_grad()
def heard_bpm(samples: Tensor) -> Tensor:
    """The front end's rate of samples `(items, 15000)`, NaN where it is not sure."""
    signals = _front_end()(samples)
    return signals.heart_rate_bpm.masked_fill(signals.confidence < LEAST_CONFIDENCE, torch.nan)


@functools.cache
def _front_end() -> FrontEnd:
    return FrontEnd().eval()


def _lay(window: Tensor, run: list[tuple[int, int]]) -> Tensor:
    """A window `(time,)` of the run, round and round, as long as whole beats fit."""
    laid, at, index = torch.zeros_like(window), 0, 0
    while True:
        begin, end = run[index % len(run)]
        if at + end - begin > len(window):
            return laid
        follows = index > 0 and run[(index - 1) % len(run)][1] == begin
        laid[at : at + end - begin] = window[begin:end]
        if not follows:
            _fade(laid, at)
        at, index = at + end - begin, index + 1


def _fade(laid: Tensor, at: int) -> None:
    """Fade out before and in after a cut, in place."""
    ramp = (torch.arange(FADE) + 0.5) / FADE
    laid[at : at + FADE] *= ramp
    if at:
        laid[at - FADE : at] *= ramp.flip(0)
