"""ISO 81060-2 and BHS against what the standards print."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from fetal_hemo.evaluation.pressure_standards import allowed_sd, bhs_grade, iso_criteria


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 6.95), (5.0, 4.79), (-5.0, 4.79)])
def test_ends_of_the_printed_table(mean: float, sd: float) -> None:
    assert allowed_sd(mean) == pytest.approx(sd, abs=0.02)


@given(st.floats(-9.5, 9.5))
def test_the_allowed_sd_keeps_85_percent_within_10_mmhg(mean: float) -> None:
    sd = allowed_sd(mean)
    assert norm.cdf(10, mean, sd) - norm.cdf(-10, mean, sd) == pytest.approx(0.85, abs=1e-6)


def test_beyond_10_mmhg_nothing_is_allowed() -> None:
    assert allowed_sd(10.0) == allowed_sd(-12.0) == 0.0


def cuff(mean: float, between: float, within: float) -> tuple[np.ndarray, np.ndarray]:
    """Differences of 3 readings of 85 women with exactly these moments, near enough."""
    own = between * norm.ppf((np.arange(85) + 0.5) / 85)
    return (mean + own[:, None] + within * np.array([-1.2247, 0, 1.2247])).ravel(), np.repeat(
        np.arange(85), 3
    )


def test_both_criteria() -> None:
    gap, women = cuff(1.0, 5.0, 4.0)
    good = iso_criteria(gap, np.zeros(255), women)
    assert good.enough
    assert good.passes_1
    assert good.passes_2
    assert good.mean == pytest.approx(1.0)
    assert good.sd == pytest.approx(np.hypot(5.0, 4.0), abs=0.1)
    assert good.sd_of_women == pytest.approx(5.0, abs=0.1)
    gap, women = cuff(4.5, 6.0, 2.0)
    wide = iso_criteria(gap, np.zeros(255), women)
    assert wide.passes_1
    assert not wide.passes_2
    gap, women = cuff(5.5, 1.0, 1.0)
    off = iso_criteria(gap, np.zeros(255), women)
    assert not off.passes_1
    assert off.passes_2
    assert not iso_criteria(gap[:100], np.zeros(100), women[:100]).enough


@pytest.mark.parametrize(
    ("five", "ten", "fifteen", "grade"),
    [(60, 85, 95, "A"), (59, 99, 99, "B"), (60, 84, 95, "B"), (45, 70, 90, "C"), (40, 65, 84, "D")],
)
def test_grades_need_all_three_shares(five: int, ten: int, fifteen: int, grade: str) -> None:
    gap = np.full(100, 20.0)
    gap[:fifteen], gap[:ten], gap[:five] = 15.0, -10.0, 5.0
    found = bhs_grade(gap, np.zeros(100))
    assert found.within == (five, ten, fifteen)
    assert found.grade == grade
