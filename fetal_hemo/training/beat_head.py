"""Each step of a view tells which events are in it, and the intervals between those around it.

The intervals that go with a mother's pressure differ between women by less than one beat tells of
them. A trunk that was told of every beat knows them better, and from fewer women, than one that was
told their means over a visit. The head is left behind after pretraining; the trunk below it stays.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from fetal_hemo.constants import FRAME_RATE_HZ, FRAMES
from fetal_hemo.training.beat_events import EVENTS, INTERVALS
from fetal_hemo.training.physiology import QUANTITIES

FRAMES_A_STEP = 6
STEP_S = FRAMES_A_STEP / FRAME_RATE_HZ
BUMP_S = 0.0075  # deviation of what stands for an event: about three frames of 5 ms
NEAR_S = 0.035  # how far from an interval's middle a step is asked for it
# Most frames hold no event: their mean cross-entropy is some 0.06, an interval's error about 1.
CROSS_ENTROPY_SCALE = 20.0
TYPICAL_MS = {q.name: (q.typical, q.log_spread) for q in QUANTITIES if q.name.endswith("_ms")}


class Told(NamedTuple):
    """What the steps of windows say."""

    events: Tensor  # (windows, events, frames) logits that one happens
    intervals: Tensor  # (windows, intervals, steps) log over its spread, 0 at the typical one


class BeatTruth(NamedTuple):
    """What the steps of windows should say."""

    bumps: Tensor  # (windows, events, frames)
    intervals: Tensor  # (windows, intervals, steps)
    asked: Tensor  # the same shape: 1 where a step is asked for that interval


class BeatHead(nn.Module):
    """`Told` by steps `(windows, width, steps)` of 30 ms, each of its six frames of 5 ms."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.events = nn.Conv1d(width, len(EVENTS) * FRAMES_A_STEP, kernel_size=3, padding=1)
        self.intervals = nn.Conv1d(width, len(INTERVALS), kernel_size=1)

    def forward(self, steps: Tensor) -> Told:
        by_frame = self.events(steps).unflatten(1, (len(EVENTS), FRAMES_A_STEP))
        return Told(by_frame.transpose(2, 3).flatten(2), self.intervals(steps))


def beat_losses(told: Told, truth: BeatTruth) -> Tensor:
    """Losses `(windows,)` of what was told of windows whose truth is known."""
    logits, said = told
    entropy = functional.binary_cross_entropy_with_logits(
        logits, truth.bumps.to(logits.dtype), reduction="none"
    )
    errors = (said - truth.intervals) ** 2 * truth.asked
    of_intervals = errors.sum(dim=(1, 2)) / truth.asked.sum(dim=(1, 2)).clamp_min(1)
    return CROSS_ENTROPY_SCALE * entropy.mean(dim=(1, 2)) + of_intervals


def beat_truth(events_s: Tensor) -> BeatTruth:
    """The `BeatTruth` of windows with events at times `(windows, events, beats)`."""
    return BeatTruth(bumps(events_s), *intervals_at_steps(events_s, FRAMES // FRAMES_A_STEP))


def bumps(events_s: Tensor) -> Tensor:
    """`(windows, events, frames)`: near 1 at an event, 0 elsewhere, of times `(..., beats)`."""
    middle = (torch.arange(FRAMES) + 0.5) / FRAME_RATE_HZ
    away = (middle - _or_far(events_s).unsqueeze(-1)).abs()
    return torch.exp(-0.5 * (away.amin(dim=2) / BUMP_S) ** 2)


def _or_far(times_s: Tensor) -> Tensor:
    """Times `(..., beats + 1)`, infinite where there is no beat: the last, and those unknown."""
    return functional.pad(times_s.nan_to_num(nan=torch.inf), (0, 1), value=torch.inf)


def intervals_at_steps(events_s: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """Scaled intervals `(windows, intervals, steps)`, and 1 where a step is asked for them.

    It is where it lies near the middle between the two events, of the beat whose middle is nearest.
    """
    first, second = events_s[:, :-1], events_s[:, 1:]
    typical_ms, spread = events_s.new_tensor([TYPICAL_MS[f"{name}_ms"] for name in INTERVALS]).T
    lengths_ms = 1_000 * (second - first)
    scaled = torch.log(lengths_ms / typical_ms.unsqueeze(-1)) / spread.unsqueeze(-1)
    middle = (torch.arange(steps) + 0.5) * STEP_S
    away = (middle - _or_far((first + second) / 2).unsqueeze(-1)).abs()  # over beats, steps
    nearest = away.min(dim=2)
    known = functional.pad(scaled, (0, 1)).nan_to_num(nan=0.0)
    return known.gather(2, nearest.indices), (nearest.values < NEAR_S).to(events_s.dtype)
