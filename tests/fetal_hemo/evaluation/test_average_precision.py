"""Average precision against scikit-learn, its influence against weights moved by hand."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from fetal_hemo.evaluation.average_precision import (
    average_precision,
    clustered_average_precision,
)
from fetal_hemo.evaluation.bootstrap import clustered_bootstrap


def rows(seed: int, women: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rounded (so tied) scores, labels and women with 1 to 4 visits."""
    generator = np.random.default_rng(seed)
    woman = np.repeat(np.arange(women), generator.integers(1, 5, size=women))
    labels = (generator.random(len(woman)) < 0.2).astype(int)
    own = generator.normal(size=women)[woman]
    return np.round(own + labels + generator.normal(size=len(woman)), 1), labels, woman


@pytest.mark.parametrize("seed", range(5))
def test_value_equals_sklearn_with_ties(seed: int) -> None:
    scores, labels, _ = rows(seed)
    assert average_precision(scores, labels).value == pytest.approx(
        average_precision_score(labels, scores)
    )


def test_influence_is_the_derivative_by_a_rows_weight() -> None:
    scores, labels, _ = rows(1)
    found = average_precision(scores, labels)
    assert found.rows.sum() == pytest.approx(0, abs=1e-12)
    for row in (0, 7, int(labels.argmax())):
        weights = np.ones(len(labels))
        weights[row] += 1e-6
        moved = average_precision_score(labels, scores, sample_weight=weights) - found.value
        assert found.rows[row] == pytest.approx(moved / 1e-6, rel=1e-3, abs=1e-9)


def test_interval_is_near_that_of_a_bootstrap_over_women() -> None:
    scores, labels, women = rows(2, 400)
    found = clustered_average_precision(scores, labels, women)
    drawn = clustered_bootstrap(
        lambda r: float(average_precision_score(labels[r], scores[r])), women, 300
    )
    assert found.interval is not None
    assert drawn.interval is not None
    assert found.interval == pytest.approx(drawn.interval, abs=0.03)


def test_without_spread_or_positives_there_is_a_reason() -> None:
    assert clustered_average_precision([1, 2], [0, 0], [0, 1]).value is None
    perfect = clustered_average_precision([1, 2, 3, 4], [0, 0, 1, 1], [0, 1, 2, 3])
    assert (perfect.value, perfect.low) == (1.0, None)
    lonely = clustered_average_precision([1, 2, 3], [0, 1, 1], [0, 1, 1])
    assert "fewer than 2 women" in lonely.reason
