"""Do the intervals and bands along the curves cover what is true of the population?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from fetal_hemo.evaluation.average_precision import clustered_average_precision
from fetal_hemo.evaluation.calibration import calibration_error
from fetal_hemo.evaluation.net_benefit import decision_curve
from fetal_hemo.evaluation.risk_distribution import risk_distribution
from fetal_hemo.evaluation.sensitivity_at import (
    sensitivity_at_specificity,
    specificity_at_sensitivity,
)
from fetal_hemo.evaluation.smooth_calibration import smooth_calibration

AT = np.array([0.05, 0.1, 0.2, 0.4])  # probabilities and thresholds


def average_precision(sim, share: float) -> float:
    def precision(score: np.ndarray) -> np.ndarray:
        true, false = share * norm.sf(score - sim.effect), (1 - share) * norm.sf(score)
        return true / (true + false)

    return sim.mean(precision, positive=True)


def net_benefit(sim, share: float, threshold: float) -> float:
    score = sim.score_at(threshold, share)
    false = (1 - share) * norm.sf(score) * threshold / (1 - threshold)
    return float(share * norm.sf(score - sim.effect) - false)


def band_covers(low, high, truth) -> list[bool]:
    return [a <= b <= c for a, b, c in zip(low, truth, high, strict=True)]


def measure(sim, many, share: float, draws: int) -> dict[str, float]:
    """Coverage of each; `ece` is how often a right model is above its null band."""
    gain = [net_benefit(sim, share, t) for t in AT]
    smooth = [smooth_calibration(c.probability, c.labels, c.women, AT) for c in many]
    smooth = [curve for curve in smooth if not curve.reason]
    assert len(smooth) > 0.95 * len(many)
    curves = [decision_curve(c.probability, c.labels, c.women, AT) for c in many]
    apart = [
        sim.mean(lambda score: sim.probability(score, share), positive)
        for positive in (True, False)
    ]
    reversed_specificity = float(norm.cdf(sim.effect + norm.ppf(0.2)))
    errors = [calibration_error(c.probability, c.labels, c.women, draws=draws) for c in many]
    return {
        "average precision": sim.covered(
            [clustered_average_precision(c.scores, c.labels, c.women) for c in many],
            average_precision(sim, share),
        ),
        "separation": sim.covered(
            [risk_distribution(c.probability, c.labels, c.women).separation for c in many],
            apart[0] - apart[1],
        ),
        "sensitivity": sim.covered(
            [sensitivity_at_specificity(c.scores, c.labels, c.women, 0.9, draws) for c in many],
            sim.sensitivity,
        ),
        "specificity": sim.covered(
            [specificity_at_sensitivity(c.scores, c.labels, c.women, 0.8, draws) for c in many],
            reversed_specificity,
        ),
        "smooth": np.mean([band_covers(k.low, k.high, AT) for k in smooth]),
        "decision": np.mean(
            [band_covers([p.low for p in c], [p.high for p in c], gain) for c in curves]
        ),
        "ece": np.mean([e.ece > e.null_95 for e in errors]),
    }


def hold(found: dict[str, float], least: float) -> None:
    above_null = found.pop("ece")
    assert above_null <= 1 - least + 0.02, above_null
    assert min(found.values()) >= least, found
    assert max(found.values()) <= 0.995, found


def test_curves_cover_in_short(sim) -> None:
    many = sim.studies(200, 250, 0.12, True, seed=11)
    # Three standard errors of a share of 200 repeats are 4.6 points.
    hold(measure(sim, many, 0.12, draws=150), 0.90)


@pytest.mark.slow
@pytest.mark.parametrize(("women", "share"), [(300, 0.1), (150, 0.15), (1_000, 0.05)])
@pytest.mark.parametrize("by_woman", [True, False])
def test_curves_cover(sim, women: int, share: float, by_woman: bool) -> None:
    many = sim.studies(500, women, share, by_woman, seed=12)
    found = measure(sim, many, share, draws=200)
    print(women, share, by_woman, found)
    # Three standard errors of a share of 500 repeats are 2.9 points.
    hold(found, 0.91)
