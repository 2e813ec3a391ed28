"""Where one beat ends and the next begins: the quietest moment of every cycle, at a known rate.

That moment is the rest before the atrial lobe or, when the heart is too fast to rest, another
pause of the cycle. It is found once, in the middle of the window; the other gaps are where the
sound is most like what surrounds it, so that between two gaps lies one whole cycle.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from fetal_hemo.constants import FRAME_RATE_HZ, FRAME_SAMPLES
from firmware_bridge.rhythm.lags import SHORTEST_BEAT_S

SMOOTH_S = 0.01  # Gaussian: lobes last 90-140 ms, and noise must not make gaps
HALF = 40  # frames, 0.2 s: a beat around the gap, by which the others are known
SEARCH = 0.15  # of a period to either side of where the next gap is expected
STRICTNESS = 100.0  # price of a squared share of a period, in deviations of the loudness
LEAST_DEVIATION = 1e-6
FAINTEST = 1e-8  # power below which one silence is as good as another


def beat_gaps(samples: Tensor, bpm: Tensor) -> list[list[int]]:
    """For each of samples `(items, time)` with rates `bpm` `(items,)`, samples of its gaps, rising.

    None where the rate is not a number. A rate that changes within the window is followed. In
    simulated hearts a gap keeps its distance to the beat to 3 ms (median; 11 ms in 19 of 20).
    """
    known = torch.isfinite(bpm)
    period = 60.0 * FRAME_RATE_HZ / torch.where(known, bpm, 140.0)
    quiet = quietness(samples)
    likely = _like_its_neighbours(quiet, period)
    middle = quiet.shape[1] / 2
    frames = torch.arange(quiet.shape[1])
    central = (frames - middle).abs() <= period.unsqueeze(1) / 2
    anchor = likely.masked_fill(~central, -torch.inf).argmax(dim=1)
    like = _likeness(quiet, likely, anchor)
    before = _follow(like, anchor, period, -1)
    after = _follow(like, anchor, period, +1)
    rows = torch.cat([before.flip(1), anchor.unsqueeze(1), after], dim=1)
    return [
        [FRAME_SAMPLES * frame + FRAME_SAMPLES // 2 for frame in row if frame >= 0] if sure else []
        for row, sure in zip(rows.tolist(), known.tolist(), strict=True)
    ]


def quietness(samples: Tensor) -> Tensor:
    """How faint samples `(items, time)` are at every frame `(items, frames)`, unit deviation."""
    power = samples.unflatten(1, (-1, FRAME_SAMPLES)).square().mean(dim=2)
    reach = round(3 * SMOOTH_S * FRAME_RATE_HZ)
    taps = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / (SMOOTH_S * FRAME_RATE_HZ)) ** 2)
    padded = functional.pad(power.unsqueeze(1), (reach, reach), mode="replicate")
    smooth = functional.conv1d(padded, (taps / taps.sum()).view(1, 1, -1)).squeeze(1)
    level = smooth.mean(dim=1, keepdim=True).clamp_min(FAINTEST)
    return _standard(-torch.log(smooth / level + 1e-3))


def _standard(curve: Tensor) -> Tensor:
    centred = curve - curve.mean(dim=1, keepdim=True)
    return centred / centred.std(dim=1, keepdim=True).clamp_min(LEAST_DEVIATION)


def _like_its_neighbours(quiet: Tensor, period: Tensor) -> Tensor:
    """Mean of `quiet` `(items, frames)` with itself a period earlier and later: the same pause."""
    frames = torch.arange(quiet.shape[1])
    total, count = quiet.clone(), torch.ones_like(quiet)
    for direction in (-1, 1):
        at = frames + direction * period.round().long().unsqueeze(1)
        inside = (at >= 0) & (at < quiet.shape[1])
        total += quiet.gather(1, at.clamp(0, quiet.shape[1] - 1)) * inside
        count += inside
    return total / count


def _likeness(quiet: Tensor, likely: Tensor, anchor: Tensor) -> Tensor:
    """How much every frame `(items, frames)` looks like the surroundings of the anchor."""
    around = likely.gather(1, anchor.unsqueeze(1) + torch.arange(-HALF, HALF + 1))
    beat = around - around.mean(dim=1, keepdim=True)
    fit = functional.conv1d(quiet, beat.unsqueeze(1), padding=HALF, groups=len(quiet))
    return _standard(fit)


def _follow(curve: Tensor, start: Tensor, period: Tensor, direction: int) -> Tensor:
    """Frames `(items, steps)` of the gaps that follow `start` `(items,)`; -1 beyond the window.

    A gap that might lie outside is none: the quietest moment this side of the end would be a lobe.
    """
    length = curve.shape[1]
    steps = math.ceil(length / 2 / (SHORTEST_BEAT_S * FRAME_RATE_HZ * (1 - SEARCH))) + 1
    reach = (SEARCH * period).long()
    most = int(reach.max())
    offsets = torch.arange(-most, most + 1)
    price = STRICTNESS * (offsets / period.unsqueeze(1)) ** 2
    price = price.masked_fill(offsets.abs() > reach.unsqueeze(1), torch.inf)
    at, found = start, []
    for _ in range(steps):
        expected = at + direction * period.round().long()
        whole = (expected - reach >= 0) & (expected + reach < length) & (at >= 0)
        near = expected.unsqueeze(1) + offsets
        best = (curve.gather(1, near.clamp(0, length - 1)) - price).argmax(dim=1, keepdim=True)
        at = torch.where(whole, near.gather(1, best).squeeze(1), -1)
        found.append(at)
    return torch.stack(found, dim=1)
