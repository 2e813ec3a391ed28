"""Controls learn from training rows only, and know nothing when there is nothing to know."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.controls import (
    ControlFeatures,
    control_scores,
    probe,
    require_separate_women,
    shuffled_auroc,
    shuffled_scores,
)

GENERATOR = np.random.default_rng(0)
LABELS = GENERATOR.integers(0, 2, 400)
SIGNAL = LABELS[:, None] + GENERATOR.normal(size=(400, 3))


def test_equals_sklearn_by_hand() -> None:
    features = ControlFeatures(SIGNAL[:200], SIGNAL[200:])
    scale = StandardScaler().fit(SIGNAL[:200])
    oracle = LogisticRegression(max_iter=1_000).fit(scale.transform(SIGNAL[:200]), LABELS[:200])
    expected = oracle.decision_function(scale.transform(SIGNAL[200:]))
    assert control_scores(features, LABELS[:200]) == pytest.approx(expected)


def test_a_test_row_does_not_change_another() -> None:
    test = SIGNAL[200:].copy()
    test[-1] = 1e6
    alone = control_scores(ControlFeatures(SIGNAL[:200], SIGNAL[200:]), LABELS[:200])
    beside = control_scores(ControlFeatures(SIGNAL[:200], test), LABELS[:200])
    assert beside[:-1] == pytest.approx(alone[:-1])


def test_unknown_values_become_the_training_median_and_an_indicator() -> None:
    train, test = SIGNAL[:200].copy(), SIGNAL[200:].copy()
    # What is unknown tells the label: only the indicator can carry that.
    train[LABELS[:200] == 1, 0] = np.nan
    test[LABELS[200:] == 1, 0] = np.nan
    shown = ControlFeatures(train[:, :1], test[:, :1])
    assert roc_auc_score(LABELS[200:], control_scores(shown, LABELS[:200])) == 1.0


def test_columns_unknown_in_one_part_or_everywhere() -> None:
    train, test = SIGNAL[:200].copy(), SIGNAL[200:].copy()
    train[:, 0], test[:, 1], test[3] = np.nan, np.nan, np.inf
    assert np.isfinite(control_scores(ControlFeatures(train, test), LABELS[:200])).all()


def test_one_class_or_no_test_row() -> None:
    assert control_scores(ControlFeatures(SIGNAL, SIGNAL), np.zeros(400)) is None
    assert len(control_scores(ControlFeatures(SIGNAL, SIGNAL[:0]), LABELS)) == 0
    assert shuffled_scores(ControlFeatures(SIGNAL, SIGNAL), np.zeros(400)) is None
    assert shuffled_scores(ControlFeatures(SIGNAL, SIGNAL[:0]), LABELS).shape == (0, 20)
    assert shuffled_auroc(np.full((400, 3), np.nan), LABELS).value is None
    assert shuffled_auroc(np.zeros((0, 3)), []).value is None


def test_shuffled_labels_give_chance_where_true_labels_do_not() -> None:
    features = ControlFeatures(SIGNAL[:200], SIGNAL[200:])
    assert roc_auc_score(LABELS[200:], control_scores(features, LABELS[:200])) > 0.8
    scores = shuffled_scores(features, LABELS[:200], seed=3)
    assert shuffled_auroc(scores, LABELS[200:]).covers(0.5)
    assert (scores == shuffled_scores(features, LABELS[:200], seed=3)).all()


def test_a_probe_tells_what_the_features_hold() -> None:
    names = np.array(["", "A", "B", "C"])[GENERATOR.integers(0, 4, 400)]
    held = (names[:, None] == np.array(["A", "B", "C"])) + 0.1 * GENERATOR.normal(size=(400, 3))
    said = probe(ControlFeatures(held[:200], held[200:]), names[:200])
    known = names[200:] != ""
    assert (said[known] == names[200:][known]).mean() > 0.95
    noise = GENERATOR.normal(size=(400, 3))
    guessed = probe(ControlFeatures(noise[:200], noise[200:]), names[:200])
    assert (guessed[known] == names[200:][known]).mean() < 0.5
    assert set(probe(ControlFeatures(held, held), ["A"] * 400)) == {""}


def test_a_woman_in_both_parts_is_refused() -> None:
    require_separate_women(["a", "b"], ["c"])
    with pytest.raises(FetalHemoError, match="E-SPLIT: 1 women"):
        require_separate_women(["a", "b"], ["b", "c"])
