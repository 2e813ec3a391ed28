"""Noise put into labels on purpose, and what SIMEX takes out again."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fetal_hemo.evaluation.label_noise import CUFF_SD, SCENARIOS, label_noise

LIMITS = (140.0, 90.0)


def women(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores that know the true pressures, and those pressures."""
    generator = np.random.default_rng(seed)
    latent = generator.normal(size=rows)
    systolic = 112 + 14 * latent + 5 * generator.normal(size=rows)
    diastolic = 68 + 10 * latent + 4 * generator.normal(size=rows)
    return latent + generator.normal(size=rows), systolic, diastolic


def auroc(scores: np.ndarray, systolic: np.ndarray, diastolic: np.ndarray) -> float:
    return float(roc_auc_score((systolic >= 140) | (diastolic >= 90), scores))


def test_the_truth_lies_between_twice_the_error_and_none() -> None:
    scores, systolic, diastolic = women(8_000, 0)
    generator = np.random.default_rng(1)
    read = systolic + CUFF_SD[0] * generator.normal(size=8_000)
    read_too = diastolic + CUFF_SD[1] * generator.normal(size=8_000)
    found = label_noise(scores, read, read_too, LIMITS, CUFF_SD, draws=40)
    assert found is not None
    truth = auroc(scores, systolic, diastolic)
    assert found.measured == pytest.approx(auroc(scores, read, read_too))
    assert found.once_more < found.measured < found.without
    assert abs(found.without - truth) < 0.4 * abs(found.measured - truth)
    assert found.low < found.once_more < found.high


def test_once_more_is_the_mean_of_readings_made_again() -> None:
    scores, systolic, diastolic = women(2_000, 2)
    found = label_noise(scores, systolic, diastolic, LIMITS, (10.0, 8.0), draws=100)
    assert found is not None
    generator = np.random.default_rng(3)
    again, kept, label = [], [], (systolic >= 140) | (diastolic >= 90)
    for _ in range(100):
        one = systolic + 10 * generator.normal(size=2_000)
        other = diastolic + 8 * generator.normal(size=2_000)
        again.append(auroc(scores, one, other))
        kept.append(((one >= 140) | (other >= 90))[label].mean())
    assert found.once_more == pytest.approx(np.mean(again), abs=0.003)
    assert found.low == pytest.approx(np.quantile(again, 0.025), abs=0.01)
    assert found.positive_kept == pytest.approx(np.mean(kept), abs=0.01)


def test_without_error_nothing_moves_and_one_class_has_no_answer() -> None:
    scores, systolic, diastolic = women(500, 4)
    found = label_noise(scores, systolic, diastolic, LIMITS, (0.0, 0.0), draws=3)
    assert found is not None
    assert found.low == found.high == found.measured
    assert found.without == pytest.approx(found.measured)
    assert (found.changed, found.positive_kept) == (0.0, 1.0)
    assert label_noise([1.0], [120.0], [70.0], LIMITS, CUFF_SD) is None
    assert label_noise([], [], [], LIMITS, CUFF_SD) is None


def test_the_error_of_a_visit_is_more_than_that_of_the_cuff() -> None:
    cuff, visit = SCENARIOS.values()
    assert visit[0] == pytest.approx(np.sqrt(cuff[0] ** 2 + 64))
    assert visit[1] > cuff[1]
