"""The smooth curve against statsmodels on patsy's natural cubic spline of the same knots."""

import numpy as np
import pytest
import statsmodels.api as sm
from patsy import dmatrix
from scipy.special import expit, logit

from fetal_hemo.evaluation.smooth_calibration import KNOTS, smooth_calibration

AT = np.array([0.03, 0.1, 0.3, 0.6, 0.9])


def drawn(rows: int, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities whose log odds are too steep by 1 / slope; two visits a woman."""
    generator = np.random.default_rng(0)
    line = generator.normal(-1.0, 1.2, rows)
    labels = (generator.random(rows) < expit(slope * line)).astype(int)
    return expit(line), labels, np.arange(rows) // 2


@pytest.mark.parametrize("rows", [200, 2_000])
def test_curve_and_band_equal_statsmodels(rows: int) -> None:
    probability, labels, women = drawn(rows)
    found = smooth_calibration(probability, labels, women, AT)
    x = logit(probability)
    knots = np.quantile(x, KNOTS[4 if labels.sum() >= 100 else 3])

    def design(values: np.ndarray) -> np.ndarray:
        spline = "cr(x, knots=inner, lower_bound=low, upper_bound=high) - 1"
        ends = {"inner": knots[1:-1], "low": knots[0], "high": knots[-1]}
        return np.asarray(dmatrix(spline, {"x": values, **ends}))

    oracle = sm.Logit(labels, design(x)).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": women, "use_correction": False}
    )
    line = design(logit(AT)) @ oracle.params
    assert found.observed == pytest.approx(expit(line), abs=1e-6)
    error = np.sqrt(np.diag(design(logit(AT)) @ oracle.cov_params() @ design(logit(AT)).T))
    reach = (logit(found.high) - logit(found.low)) / 2
    assert reach == pytest.approx(1.96 * error, rel=0.06)  # Student's t, women / (women - 1)


def test_overconfidence_bends_the_curve_out_of_its_band() -> None:
    probability, labels, women = drawn(4_000, slope=0.5)
    found = smooth_calibration(probability, labels, women, [0.05, 0.9])
    assert found.low[0] > 0.05
    assert found.high[1] < 0.9


def test_without_points_it_spans_the_probabilities() -> None:
    probability, labels, women = drawn(500)
    found = smooth_calibration(probability, labels, women)
    assert found.reason == ""
    assert (np.diff(found.probability) > 0).all()
    assert probability.min() < found.probability[0] < found.probability[-1] < probability.max()
    assert ((found.low < found.observed) & (found.observed < found.high)).all()


@pytest.mark.parametrize(
    ("probability", "labels", "reason"),
    [
        ([], [], "0 visits"),
        (np.linspace(0.1, 0.9, 40), [1] * 5 + [0] * 35, "5 visits"),
        ([0.5] * 40, [1, 0] * 20, "too few different"),
        (np.linspace(0.1, 0.9, 40), [0] * 20 + [1] * 20, "no finite fit"),
    ],
)
def test_reasons(probability: list[float], labels: list[int], reason: str) -> None:
    found = smooth_calibration(probability, labels, np.arange(len(labels)))
    assert reason in found.reason
    assert len(found.observed) == 0
