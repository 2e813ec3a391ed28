"""Doubtful labels against cleanlab, and labels that were turned on purpose."""

import numpy as np

from fetal_hemo.evaluation.suspicious_labels import suspicious_labels


def test_equals_cleanlab() -> None:
    """What `find_label_issues(filter_by="confident_learning")` of cleanlab 2.9.0 lists."""
    generator = np.random.default_rng(1)
    chance = generator.random(300).round(3)
    labels = (generator.random(300) < 0.1 + 0.8 * (chance > 0.6)).astype(int)
    cleanlab = [6, 9, 18, 19, 27, 28, 51, 61, 64, 77, 147, 158, 209, 235, 237, 262, 285]
    assert sorted(suspicious_labels(chance, labels)) == cleanlab


def test_what_is_listed_was_turned() -> None:
    generator = np.random.default_rng(0)
    truth = np.arange(400) % 10 == 0
    chance = np.clip(np.where(truth, 0.8, 0.1) + 0.04 * generator.normal(size=400), 0.01, 0.99)
    turned = np.array([10, 20, 33, 77, 151])
    labels = truth.copy()
    labels[turned] = ~labels[turned]
    found = suspicious_labels(chance, labels)
    assert len(found) >= 2
    assert set(found) <= set(turned)


def test_one_class_has_none() -> None:
    assert len(suspicious_labels([0.2, 0.9], [0, 0])) == 0
    assert len(suspicious_labels([], [])) == 0
