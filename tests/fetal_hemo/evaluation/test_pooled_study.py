"""Folds become one study, which comes back from its files to the last digit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.statistics import cohort, score_table
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import ControlFeatures, StudyInput, fit_controls, run_study
from fetal_hemo.evaluation.pooled_study import pooled_study
from fetal_hemo.evaluation.study_files import read_study_input, write_study_input

THRESHOLDS = (0.1, 0.3)


def fold(number: int) -> StudyInput:
    """A fold whose margins have a scale of their own, as those of another model would."""
    generator = np.random.default_rng(number)
    train, test = cohort(generator, 60), cohort(generator, 60)
    table = score_table(generator, test, f"t{number}")
    embeddings = generator.normal(size=(len(table), 4))
    given = ControlFeatures(generator.normal(size=(len(train.women), 4)), embeddings)
    named = {"device_id": [f"D{woman % 3}" for woman in train.women]}
    return StudyInput(
        test=replace(table, margin=(1 + 9 * number) * table.margin + 50 * number),
        beside=fit_controls({"age_ga_bmi": given, "embedding": given}, train.labels, named),
        train_labels=train.labels,
        train_women=np.array([f"T{number}-{woman}" for woman in train.women]),
        embeddings_test=embeddings,
        specificity=0.9,
        prevalence=0.05,
        threshold=THRESHOLDS[number],
        simulated=True,
        validation=score_table(generator, cohort(generator, 40), f"v{number}"),
        resamples=50,
    )


@pytest.fixture(scope="module")
def pooled() -> StudyInput:
    return pooled_study({"fold-1": fold(0), "fold-2": fold(1)})


def test_scores_are_pooled_on_the_calibrated_scale(pooled: StudyInput) -> None:
    scored = pooled.scored
    found = run_study(pooled)
    assert found["auroc"]["value"] == pytest.approx(roc_auc_score(scored.label, scored.probability))
    for row in found["folds"]:
        own = scored.select(scored.split == row["fold"])
        assert row["auroc"]["value"] == pytest.approx(roc_auc_score(own.label, own.probability))


def test_a_fold_of_one_device_is_called_by_it(pooled: StudyInput) -> None:
    assert [row["place"] for row in run_study(pooled)["folds"]] == [None, None]
    device = np.where(pooled.test.split == "fold-1", "D1", "D2")
    alone = replace(pooled, test=replace(pooled.test, device_id=device))
    assert [row["place"] for row in run_study(alone)["folds"]] == ["D1", "D2"]


def test_each_fold_has_its_threshold(pooled: StudyInput) -> None:
    scored = pooled.scored
    mine = np.where(scored.split == "fold-1", *THRESHOLDS)
    raised = scored.label == 1
    found = run_study(pooled)["operating_point"]
    assert found["thresholds"] == dict(zip(("fold-1", "fold-2"), THRESHOLDS, strict=True))
    expected = (scored.probability >= mine)[raised].mean()
    assert found["sensitivity"]["value"] == pytest.approx(expected)
    assert expected != (scored.probability >= THRESHOLDS[0])[raised].mean()


def test_a_woman_may_train_one_fold_and_be_tested_in_another(pooled: StudyInput) -> None:
    """But never both in the same one."""
    tested = pooled.test.participant_id[pooled.test.split == "fold-2"][0]
    women = pooled.train_women.copy()
    women[np.flatnonzero(pooled.train_splits == "fold-1")[0]] = tested
    run_study(replace(pooled, train_women=women))
    women[np.flatnonzero(pooled.train_splits == "fold-2")[0]] = tested
    with pytest.raises(FetalHemoError, match=r"E-SPLIT.* training and in the test"):
        run_study(replace(pooled, train_women=women))


def test_embeddings_of_two_models_are_never_compared(pooled: StudyInput) -> None:
    """A woman with one visit in each of two folds has no other visit to be found by."""
    table = pooled.test.select(np.array([0, len(pooled.test) - 1]))
    same = replace(table, participant_id=np.array(["w", "w"]), visit_id=np.array(["1", "2"]))
    rows = pooled.beside.rows(np.array([0, len(pooled.test) - 1]))
    given = replace(pooled, test=same, beside=rows, embeddings_test=np.ones((2, 4)))
    assert run_study(given)["reidentification"]["hit_rate"]["value"] is None


def test_a_study_comes_back_from_its_files(pooled: StudyInput, tmp_path: Path) -> None:
    for name, given in (("pooled", pooled), ("single", fold(0))):
        write_study_input(tmp_path / name, given)
        first = read_study_input(tmp_path / name)
        write_study_input(tmp_path / "again", first)
        assert json.dumps(run_study(first)) == json.dumps(
            run_study(read_study_input(tmp_path / "again"))
        )
        known = run_study(given)
        known.pop("reidentification")  # embeddings are kept in float32
        back = run_study(first)
        back.pop("reidentification")
        assert json.dumps(back) == json.dumps(known)


def test_a_probe_that_knows_the_device_is_told_from_one_that_does_not() -> None:
    given = fold(0)
    blind = run_study(given)["probes"]
    assert blind["device"]["hit_rate"]["value"] < blind["device"]["commonest"] + 0.2
    assert "model" in blind["site"]["hit_rate"]["reason"]
    seeing = replace(given.beside, probes={"device_id": given.test.device_id})
    assert run_study(replace(given, beside=seeing))["probes"]["device"]["hit_rate"]["value"] == 1.0
