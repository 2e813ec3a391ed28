"""Which probabilities are certain enough for an answer: split conformal, one quantile a class."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from firmware_bridge.answer import is_uncertain
from firmware_bridge.decide import ABOVE, band


def answers(
    probability: np.ndarray, positive: np.ndarray, decision: dict[str, float], miss: float
) -> dict[str, Any]:
    """The `answers` of a bundle's manifest, from calibrated probabilities of validation visits.

    `probability` and `positive` (visits,); `decision` with `threshold` and
    `specificity_at_threshold`. Of new positives like these at most a share `miss` is answered
    "below", of negatives at most 1 - specificity "above", each on average over validation sets
    (Vovk 2005; Sadinle, Lei & Wasserman 2019). Visits of a woman are not independent, and the
    model's epoch was chosen on the same women: the guarantee is a little optimistic. With a
    `miss` of 1 every recording gets the answer of the threshold.
    """
    negative = 1.0 if miss == 1.0 else round(1.0 - decision["specificity_at_threshold"], 6)
    error = {"positive": miss, "negative": negative}
    scores = {"positive": 1.0 - probability[positive], "negative": probability[~positive]}
    quantile = {side: conformal_quantile(scores[side], error[side]) for side in error}
    found: dict[str, Any] = {"error": error, "quantile": quantile}
    manifest = {"decision": decision, "answers": found}
    given = [None if is_uncertain(p, manifest) else band(p, manifest) for p in probability]
    above = np.array([answer == ABOVE for answer in given])
    below = np.array([answer is not None and answer != ABOVE for answer in given])
    found["shares"] = {
        side: {"above": _share(above[own]), "below": _share(below[own])}
        for side, own in (("positive", positive), ("negative", ~positive))
    }
    return found


def _share(flags: np.ndarray) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def uncertain_share(calibration: dict[str, Any], positive: np.ndarray) -> float:
    """Share of the validation visits whose probability decides nothing; `positive` (visits,)."""
    shares = calibration["answers"]["shares"]
    answered = {side: sum(shares[side].values()) for side in shares}
    return 1.0 - float(np.where(positive, answered["positive"], answered["negative"]).mean())


def conformal_quantile(scores: np.ndarray, error: float) -> float:
    """The bound that a new score of the same kind stays within with probability 1 - `error`.

    The ceil((n + 1)(1 - error))-th smallest of the scores `(n,)` in 0 to 1; 1 when there are too
    few and 0 for an error of 1. It lies midway to the next score, so that rounding on another
    machine moves none across.
    """
    ordered = np.sort(scores)
    rank = math.ceil((len(ordered) + 1) * (1.0 - error) - 1e-9)
    if rank < 1:
        return 0.0
    if rank > len(ordered):
        return 1.0
    kept = ordered[rank - 1]
    larger = ordered[ordered > kept]
    return float((kept + (larger[0] if len(larger) else 1.0)) / 2)
