"""Decision curves worked by hand (Vickers & Elkin 2006) and by dcurves."""

import numpy as np
import pytest

from fetal_hemo.evaluation.bootstrap import clustered_bootstrap
from fetal_hemo.evaluation.net_benefit import decision_curve


def test_by_hand() -> None:
    probability = np.array([0.9, 0.8, 0.3, 0.2, 0.1])
    labels = np.array([1, 0, 1, 0, 0])
    (point,) = decision_curve(probability, labels, np.arange(5), thresholds=[0.25])
    assert point.model == pytest.approx(2 / 5 - 1 / 5 * (0.25 / 0.75))
    assert point.treat_all == pytest.approx(2 / 5 - 3 / 5 * (0.25 / 0.75))


def test_equals_dcurves() -> None:
    """What dcurves 1.1.7 (net_benefit of `dca`) gives for these rows."""
    generator = np.random.default_rng(0)
    probability = generator.random(200).round(3)
    labels = (generator.random(200) < probability**2).astype(int)
    curve = decision_curve(probability, labels, np.arange(200), [0.05, 0.1, 0.25, 0.5])
    assert [p.model for p in curve] == pytest.approx([0.371579, 0.345, 0.266667, 0.195], abs=1e-6)
    everyone = [0.368421, 0.333333, 0.2, -0.2]
    assert [p.treat_all for p in curve] == pytest.approx(everyone, abs=1e-6)


def test_a_perfect_model_is_worth_the_prevalence_and_treat_all_crosses_zero_there() -> None:
    labels = np.array([1] * 20 + [0] * 80)
    curve = decision_curve(labels * 0.98 + 0.01, labels, np.arange(100), [0.05, 0.2, 0.4])
    assert [p.model for p in curve] == pytest.approx([0.2] * 3)
    assert [np.sign(round(p.treat_all, 9)) for p in curve] == [1, 0, -1]


def test_band_holds_the_curve_and_widens_with_repeat_visits() -> None:
    generator = np.random.default_rng(0)
    probability, labels = generator.random(300), generator.integers(0, 2, 300)
    (single,) = decision_curve(probability, labels, np.arange(300), [0.3])
    (copied,) = decision_curve(
        np.tile(probability[:100], 3), np.tile(labels[:100], 3), np.tile(np.arange(100), 3), [0.3]
    )
    assert single.low < single.model < single.high
    assert copied.high - copied.low > 1.3 * (single.high - single.low)


def test_band_is_near_that_of_a_bootstrap_over_women() -> None:
    generator = np.random.default_rng(1)
    women = np.repeat(np.arange(200), 3)
    probability = np.clip(generator.random(200)[women] + 0.1 * generator.normal(size=600), 0, 1)
    labels = (generator.random(600) < probability).astype(int)
    (point,) = decision_curve(probability, labels, women, [0.3])

    def worth(rows: np.ndarray) -> float:
        return decision_curve(probability[rows], labels[rows], women[rows], [0.3])[0].model

    drawn = clustered_bootstrap(worth, women, 500)
    assert (point.low, point.high) == pytest.approx((drawn.low, drawn.high), abs=0.012)


def test_without_rows_it_is_empty_and_without_women_it_has_no_band() -> None:
    assert decision_curve([], [], []) == []
    (point,) = decision_curve([0.2, 0.6], [0, 1], ["a", "a"], [0.5])
    assert (point.model, point.low, point.high) == (0.5, None, None)
