"""Riley's criteria against what pmsampsize and the papers print, and against a simulation."""

import numpy as np
import pytest
from scipy.stats import norm

from fetal_hemo.evaluation.development_size import (
    cox_snell_r2,
    development_size,
    development_size_of_r2,
    parameters_supported,
)


def test_the_example_of_riley_2019() -> None:
    """Stat Med 38:1276 and the manual of pmsampsize: 24 parameters, R2 0.288, 17.4 % positive."""
    found = development_size_of_r2(0.288, 0.174, 24)
    assert found == (623, 662, 221)
    assert found.visits == 662


def test_an_auroc_gives_the_size_that_pmsampsize_simulates() -> None:
    """pmsampsize 1.1.3 with C 0.78, 30 parameters, 20 % positive: R2 0.158, 1,556 visits."""
    assert cox_snell_r2(0.78, 0.2) == pytest.approx(0.158, abs=0.001)
    found = development_size(0.78, 0.2, 30)
    assert found.visits == found.shrinkage == pytest.approx(1_556, rel=0.01)


def test_r2_is_what_a_drawn_population_has() -> None:
    generator = np.random.default_rng(0)
    labels = generator.random(500_000) < 0.05
    shift = np.sqrt(2) * norm.ppf(0.8)
    score = generator.normal(size=len(labels)) + shift * labels
    line = np.log(0.05 / 0.95) + shift * score - shift**2 / 2
    log_likelihood = labels * line - np.logaddexp(0, line)
    null = 0.05 * np.log(0.05) + 0.95 * np.log(0.95)
    r2 = 1 - np.exp(-2 * (log_likelihood.mean() - null))
    assert cox_snell_r2(0.8, 0.05) == pytest.approx(r2, rel=0.02)


def test_supported_parameters_are_enough_and_one_more_is_not() -> None:
    most = parameters_supported(0.8, 0.05, 8_170)
    assert development_size(0.8, 0.05, most).visits <= 8_170
    assert development_size(0.8, 0.05, most + 1).visits > 8_170
    assert parameters_supported(0.8, 0.05, 50) == 0


@pytest.mark.parametrize(("auroc", "prevalence"), [(0.5, 0.1), (1.0, 0.1), (0.8, 0.0)])
def test_no_size_for_what_cannot_be(auroc: float, prevalence: float) -> None:
    with pytest.raises(ValueError, match="no size"):
        development_size(auroc, prevalence, 5)
