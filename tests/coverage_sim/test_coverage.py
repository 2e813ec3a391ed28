"""Do 95 % intervals cover the truth in about 95 % of simulated studies of repeat visits?"""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.evaluation.auroc import clustered_auroc, paired_clustered_difference
from fetal_hemo.evaluation.bootstrap import clustered_bootstrap
from fetal_hemo.evaluation.calibration import calibration_slope_intercept
from fetal_hemo.evaluation.operating_point import operating_point, predictive_values

PREVALENCE = 0.05


def measure(sim, many) -> dict[str, float]:
    points = [operating_point(c.scores, c.labels, c.women, sim.threshold) for c in many]
    values = [predictive_values(p, PREVALENCE) for p in points]
    true_alarm, false_alarm = PREVALENCE * sim.sensitivity, (1 - PREVALENCE) * 0.1
    ppv = true_alarm / (true_alarm + false_alarm)
    cleared, missed = (1 - PREVALENCE) * 0.9, PREVALENCE * (1 - sim.sensitivity)
    difference = [paired_clustered_difference(c.scores, c.rival, c.labels, c.women) for c in many]
    auroc = [clustered_auroc(c.scores, c.labels, c.women) for c in many]
    return {
        "auroc": sim.covered(auroc, sim.auroc),
        "difference": sim.covered(difference, 0.0),
        "sensitivity": sim.covered([p.sensitivity for p in points], sim.sensitivity),
        "specificity": sim.covered([p.specificity for p in points], 0.9),
        "ppv": sim.covered([v.ppv for v in values], ppv),
        "npv": sim.covered([v.npv for v in values], cleared / (cleared + missed)),
    }


@pytest.mark.parametrize("by_woman", [True, False])
def test_intervals_cover_in_short(sim, by_woman: bool) -> None:
    found = measure(sim, sim.studies(1_000, 300, 0.1, by_woman, seed=1))
    # Three standard errors of a share of 1,000 repeats are 2.1 points.
    assert min(found.values()) >= 0.929, found
    assert found["auroc"] <= 0.971, found


@pytest.mark.slow
@pytest.mark.parametrize(("women", "share"), [(400, 0.1), (150, 0.15), (60, 0.15), (1_000, 0.05)])
@pytest.mark.parametrize("by_woman", [True, False])
def test_intervals_cover(sim, women: int, share: float, by_woman: bool) -> None:
    found = measure(sim, sim.studies(2_000, women, share, by_woman, seed=2))
    print(women, share, by_woman, found)
    for name in ("auroc", "difference", "specificity", "sensitivity"):
        assert 0.93 <= found[name] <= 0.98, found
    assert min(found["ppv"], found["npv"]) >= 0.93, found  # a little wide: see predictive_values


@pytest.mark.slow
def test_calibration_intervals_cover(sim) -> None:
    slopes, levels = [], []
    for c in sim.studies(1_000, 400, 0.1, False, seed=3):
        pair = calibration_slope_intercept(c.probability, c.labels, c.women)
        slopes.append(pair[0])
        levels.append(pair[1])
    assert sim.covered(slopes, 1.0) == pytest.approx(0.95, abs=0.025)
    assert sim.covered(levels, 0.0) == pytest.approx(0.95, abs=0.025)


@pytest.mark.slow
def test_bootstrap_interval_covers_a_mean(sim) -> None:
    estimates = [
        clustered_bootstrap(lambda rows, c=c: float(c.rival[rows].mean()), c.women, 300, seed=4)
        for c in sim.studies(400, 200, 0.0, False, seed=5)
    ]
    assert sim.covered(estimates, 0.0) == pytest.approx(0.95, abs=0.035)
    assert np.isfinite([e.value for e in estimates]).all()
