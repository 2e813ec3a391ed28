"""Two studies are compared on what they share, paired by recording and clustered by woman."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.statistics import cohort, score_table
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import ControlScores, StudyInput
from fetal_hemo.evaluation.compared import compare_studies


@pytest.fixture(scope="module")
def first() -> StudyInput:
    generator = np.random.default_rng(1)
    table = score_table(generator, cohort(generator, 150), "t")
    return StudyInput(
        test=table,
        beside=ControlScores({}, {}),
        train_labels=np.zeros(0, np.int64),
        train_women=np.zeros(0, np.str_),
        embeddings_test=np.full((len(table), 1), np.nan),
        specificity=0.9,
        prevalence=0.05,
        threshold=0.2,
        simulated=True,
    )


def other(given: StudyInput, rows: np.ndarray, **changed: np.ndarray) -> StudyInput:
    return replace(given, test=replace(given.test.select(rows), **changed))


def test_equals_sklearn_on_the_shared_rows_in_any_order(first: StudyInput) -> None:
    generator = np.random.default_rng(2)
    rows = generator.permutation(len(first.test))[:250]
    noise = first.test.margin[rows] + generator.normal(size=250)
    second = other(first, rows, margin=noise)
    found = compare_studies(first, second)
    kept = first.test.scored[rows]
    label = first.test.label[rows][kept]
    expected = roc_auc_score(label, first.test.margin[rows][kept]) - roc_auc_score(
        label, noise[kept]
    )
    assert found["difference"]["value"] == pytest.approx(expected)
    assert found["shared"] == int(kept.sum())
    assert found["only"] == [len(first.test) - found["shared"], 250 - found["shared"]]
    assert found["difference"]["low"] < expected < found["difference"]["high"]
    assert found["decisions_apart"] == 0
    turned = compare_studies(second, first)["difference"]
    assert turned["value"] == pytest.approx(-expected)
    assert turned["low"] == pytest.approx(-found["difference"]["high"])


def test_another_label_or_no_shared_recording_is_refused(first: StudyInput) -> None:
    rows = np.arange(len(first.test))
    with pytest.raises(FetalHemoError, match=r"E-COHORT: \d+ recordings have another label"):
        compare_studies(first, other(first, rows, label=1 - first.test.label))
    strangers = np.array([f"x{row}" for row in rows])
    with pytest.raises(FetalHemoError, match="E-COHORT: the studies share no recording"):
        compare_studies(first, other(first, rows, recording_id=strangers))
