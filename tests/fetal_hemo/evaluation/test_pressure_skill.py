"""An estimated pressure beside the mean of the training women."""

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.metrics import mean_absolute_error, r2_score

from fetal_hemo.evaluation.pressure_skill import pressure_skill
from fetal_hemo.evaluation.pressure_standards import bhs_grade


def visits() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    women = np.repeat(np.arange(120), 3)
    truth = 105 + 6 * generator.normal(size=120)[women] + 4 * generator.normal(size=360)
    return 105 + 0.5 * (truth - 105) + 5 * generator.normal(size=360), truth, women


def test_equals_sklearn_and_a_clustered_regression() -> None:
    predicted, truth, women = visits()
    found = pressure_skill(predicted, truth, women, float(truth.mean()))
    assert found.error.value == pytest.approx(mean_absolute_error(truth, predicted))
    assert found.skill.value == pytest.approx(r2_score(truth, predicted))
    gain = np.abs(truth.mean() - truth) - np.abs(predicted - truth)
    oracle = sm.OLS(gain, np.ones(360)).fit(
        cov_type="cluster", cov_kwds={"groups": women, "use_correction": False}
    )
    assert found.gain.interval is not None
    value, low, high = found.gain.interval
    assert value == pytest.approx(oracle.params[0])
    assert high - low == pytest.approx(2 * 1.96 * oracle.bse[0], rel=0.03)


def test_the_mean_alone_earns_a_grade_and_no_skill() -> None:
    _, truth, women = visits()
    mean = np.full(360, truth.mean())
    assert bhs_grade(mean, truth).grade in ("B", "C")
    found = pressure_skill(mean, truth, women, float(truth.mean()))
    assert found.skill.value == pytest.approx(0)
    assert found.gain.value == 0.0


def test_reasons() -> None:
    assert pressure_skill([], [], [], 100).error.value is None
    assert "single woman" in pressure_skill([99], [100], ["a"], 101).gain.reason
    assert "right every time" in pressure_skill([99], [100], ["a"], 100).skill.reason
