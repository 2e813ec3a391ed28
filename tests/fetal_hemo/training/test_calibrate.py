"""Calibration and threshold on validation visits."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.training.calibrate import calibrate, probability_of


def test_threshold_reaches_the_specificity_on_validation() -> None:
    rng = np.random.default_rng(0)
    positive = rng.random(400) < 0.3
    margins = rng.normal(size=400) + 1.5 * positive
    found = calibrate(margins, positive, 0.9, simulated=True, miss_rate=1.0)
    probability = probability_of(margins, found["slope"], found["intercept"])
    specificity = (probability[~positive] < found["threshold"]).mean()
    assert 0.9 <= specificity < 0.92
    assert "simulated" in found["population"]


def test_slope_and_intercept_are_recovered() -> None:
    rng = np.random.default_rng(1)
    margins = rng.normal(size=20_000)
    positive = rng.random(20_000) < 1 / (1 + np.exp(-(2.0 * margins - 1.0)))
    found = calibrate(margins, positive, 0.9, simulated=False, miss_rate=1.0)
    assert found["slope"] == pytest.approx(2.0, abs=0.1)
    assert found["intercept"] == pytest.approx(-1.0, abs=0.1)


def test_without_a_negative_visit_there_is_no_threshold() -> None:
    with pytest.raises(FetalHemoError, match="E-COHORT"):
        calibrate(np.zeros(3), np.ones(3, dtype=bool), 0.9, simulated=False, miss_rate=1.0)
