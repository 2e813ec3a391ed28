"""Coefficients and clustered standard errors against statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm

from fetal_hemo.evaluation.logistic import fit_logistic


def test_equals_statsmodels_with_clusters_and_offset() -> None:
    generator = np.random.default_rng(0)
    women = np.repeat(np.arange(80), 3)
    x = generator.normal(size=240) + generator.normal(size=80)[women]
    offset = generator.normal(size=240)
    labels = (generator.random(240) < 1 / (1 + np.exp(-(0.7 * x + offset - 1)))).astype(int)
    design = sm.add_constant(x)
    oracle = sm.GLM(labels, design, family=sm.families.Binomial(), offset=offset).fit(
        cov_type="cluster", cov_kwds={"groups": women, "use_correction": False}
    )
    fit = fit_logistic(design, labels, women, offset)
    assert fit.coefficients == pytest.approx(oracle.params, abs=1e-6)
    assert fit.standard_errors == pytest.approx(oracle.bse * np.sqrt(80 / 79), rel=1e-6)


def test_separated_or_degenerate_rows_have_no_fit() -> None:
    x = np.arange(10.0)
    design = np.stack([x, np.ones(10)], axis=1)
    assert fit_logistic(design, x > 4.5, np.arange(10)) is None
    assert fit_logistic(np.ones((10, 2)), x > 4.5, np.arange(10)) is None
