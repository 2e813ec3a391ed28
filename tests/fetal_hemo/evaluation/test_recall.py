"""Recalls against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, recall_score

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.evaluation.recall import class_recalls


def test_equals_sklearn() -> None:
    generator = np.random.default_rng(0)
    logits, truth = generator.normal(size=(200, 4)), generator.integers(0, 4, 200)
    said = logits.argmax(1)
    found = class_recalls(logits, truth, np.arange(200) // 2)
    expected = recall_score(truth, said, average=None)
    assert [found.recalls[name].value for name in BP_CLASSES] == pytest.approx(list(expected))
    oracle = balanced_accuracy_score(truth, said)
    value, low, high = found.balanced_accuracy.interval
    assert value == pytest.approx(oracle)
    assert low < value < high
    assert found.confusion.tolist() == confusion_matrix(truth, said).tolist()


def test_an_absent_class_has_a_reason() -> None:
    found = class_recalls(np.eye(4)[[0, 0, 1]], [0, 0, 1], ["a", "b", "c"])
    assert found.recalls["severe"].value is None
    assert "severe" in found.recalls["severe"].reason
    assert found.balanced_accuracy.value == 1.0


def test_no_rows() -> None:
    found = class_recalls(np.zeros((0, 4)), [], [])
    assert found.balanced_accuracy.value is None
