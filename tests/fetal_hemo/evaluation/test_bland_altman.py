"""The example that Bland and Altman published in 1986, and repeat visits."""

import numpy as np
import pytest

from fetal_hemo.evaluation.bland_altman import bland_altman

# Peak expiratory flow in l/min, large and mini meter, first readings of 17 people (Lancet 1:307).
LARGE = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def test_the_published_example() -> None:
    found = bland_altman(LARGE, MINI, np.arange(17))
    assert found.sd == pytest.approx(38.8, abs=0.05)
    assert found.mean_difference.interval == pytest.approx((-2.1, -22.0, 17.8), abs=0.06)
    # They take 2 standard deviations where 1.96 is meant: -79.7 and 75.5.
    assert found.lower_limit.value == pytest.approx(-79.7 + 0.04 * 38.8, abs=0.1)
    assert found.upper_limit.value == pytest.approx(75.5 - 0.04 * 38.8, abs=0.1)
    # Theirs (-114.3 to -45.1) takes differences for normal and is symmetric; ours is neither.
    assert found.lower_limit.low == pytest.approx(-114.3, abs=10)
    assert found.lower_limit.high == pytest.approx(-45.1, abs=10)


def test_copied_visits_change_no_interval() -> None:
    generator = np.random.default_rng(0)
    gap = generator.normal(2, 8, 100)
    alone = bland_altman(gap, np.zeros(100), np.arange(100))
    copied = bland_altman(np.repeat(gap, 4), np.zeros(400), np.repeat(np.arange(100), 4))
    for one, other in zip(alone[::2], copied[::2], strict=True):
        assert one.interval == pytest.approx(other.interval, abs=0.2)


def test_reasons() -> None:
    assert bland_altman([1], [2], ["a"]).sd is None
    alone = bland_altman([1, 3], [2, 2], ["a", "a"])
    assert (alone.mean_difference.value, alone.upper_limit.low) == (0.0, None)
    same = bland_altman([1, 1], [2, 2], ["a", "b"])
    assert (same.mean_difference.value, same.lower_limit.value) == (-1.0, -1.0)
