"""Is an answer certain enough to be given, and what is it worth where the device is used?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from firmware_bridge.decide import ABOVE, band

Manifest = Mapping[str, Any]


class PredictiveValue(NamedTuple):
    """Share of the women with this answer for whom it is right, at a stated prevalence."""

    value: float
    prevalence: float


def is_uncertain(probability: float, manifest: Manifest) -> bool:
    """Whether the class that the band does not name is likely enough to be held back for.

    Split conformal, one quantile a class (Vovk 2005; Sadinle, Lei & Wasserman 2019): a class is in
    the set if 1 - its probability is no larger than its quantile on validation visits. The answer
    is given only without the other class in the set, so at most a share `error` of each class is
    answered wrongly. Without quantiles, or with those of an error of 1, nothing is uncertain.
    """
    answers = manifest.get("answers")
    if answers is None:
        return False
    quantile = answers["quantile"]
    if band(probability, manifest) == ABOVE:
        return bool(probability <= quantile["negative"])
    return bool(1.0 - probability <= quantile["positive"])


def predictive_value(answer: str, manifest: Manifest) -> PredictiveValue | None:
    """PPV of the band `above threshold`, NPV of the other, by Bayes' rule.

    None for a bundle that does not say how often it answers so.
    """
    answers = manifest.get("answers")
    if answers is None:
        return None
    prevalence = float(manifest["decision"]["prevalence"])
    side = "above" if answer == ABOVE else "below"
    positive = prevalence * answers["shares"]["positive"][side]
    negative = (1.0 - prevalence) * answers["shares"]["negative"][side]
    if positive + negative == 0.0:
        return None
    right = positive if answer == ABOVE else negative
    return PredictiveValue(right / (positive + negative), prevalence)
