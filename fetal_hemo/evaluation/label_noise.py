"""What the AUROC would be, were the cuff better or worse: error of the labels made visible.

A label is one cuff reading against 140/90 mmHg. Its error is simulated by adding more of it, and
its absence by extrapolating back (SIMEX, Cook & Stefanski 1994).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

Pressures = tuple[float, float]  # systolic, diastolic, mmHg

CUFF_SD: Pressures = (6.6, 6.9)  # Omron M7 in pregnancy against auscultation
WITHIN_VISIT_SD: Pressures = (8.0, 6.0)  # assumed: how far one visit's reading is from the usual
SCENARIOS: dict[str, Pressures] = {
    "error of the cuff": CUFF_SD,
    "error of the cuff and of a single visit": (
        math.hypot(CUFF_SD[0], WITHIN_VISIT_SD[0]),
        math.hypot(CUFF_SD[1], WITHIN_VISIT_SD[1]),
    ),
}
LEVELS = (0.5, 1.0, 1.5, 2.0)  # variances added, in units of the error's own
ONCE_MORE = LEVELS.index(1.0)


class LabelNoise(NamedTuple):
    """AUROC against labels that carry the error `once_more` (mean of draws, with their 95 % range)
    and, by extrapolation, against labels `without` it; `changed` is the share of labels that the
    added error turns, `positive_kept` that of positive ones that stay so."""

    measured: float
    once_more: float
    low: float
    high: float
    without: float
    changed: float
    positive_kept: float


def label_noise(
    scores: ArrayLike,
    systolic: ArrayLike,
    diastolic: ArrayLike,
    thresholds: Pressures,
    error_sd: Pressures,
    draws: int = 200,
    seed: int = 0,
) -> LabelNoise | None:
    """`LabelNoise` of scores `(rows,)` with cuff readings; None without both classes of labels.

    The truth lies between `once_more`, where the error is there twice, and `without`, a quadratic
    through the levels: it corrects most of the loss, seldom all. The errors of two visits are
    taken for independent, and no error is known to depend on the score.
    """
    pressures = np.stack([np.asarray(systolic, np.float64), np.asarray(diastolic, np.float64)])
    limits, spread = np.array(thresholds)[:, None], np.array(error_sd)[:, None]
    label = np.any(pressures >= limits, axis=0)
    if label.all() or not label.any():
        return None
    generator = np.random.default_rng(seed)
    ranks = rankdata(np.asarray(scores, np.float64))

    def relabelled(level: float) -> NDArray[np.bool_]:
        noise = generator.normal(size=(draws, *pressures.shape)) * spread * math.sqrt(level)
        return np.any(pressures + noise >= limits, axis=1)

    drawn = [relabelled(level) for level in LEVELS]
    found = [_aurocs(ranks, labels) for labels in drawn]
    measured = float(_aurocs(ranks, label[None])[0])
    means = [measured, *(float(np.nanmean(aurocs)) for aurocs in found)]
    without = float(np.polyval(np.polyfit([0.0, *LEVELS], means, 2), -1.0))
    low, high = np.nanquantile(found[ONCE_MORE], [0.025, 0.975])
    return LabelNoise(
        measured,
        means[1 + ONCE_MORE],
        float(low),
        float(high),
        min(1.0, max(0.0, without)),
        float((drawn[ONCE_MORE] != label).mean()),
        float(drawn[ONCE_MORE][:, label].mean()),
    )


def _aurocs(ranks: NDArray[np.float64], labels: NDArray[np.bool_]) -> NDArray[np.float64]:
    """AUROC `(draws,)` of mid-ranks `(rows,)` for labels (draws, rows); NaN of one class."""
    positives = labels.sum(axis=1)
    pairs = positives * (labels.shape[1] - positives)
    won = labels @ ranks - positives * (positives + 1) / 2
    return np.divide(won, pairs, out=np.full(len(labels), np.nan), where=pairs > 0)
