"""The study on cohorts large and tiny: every number is there or has a reason."""

import json
import math
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import (
    ControlFeatures,
    ScoreTable,
    StudyInput,
    fit_controls,
    read_scores,
    run_study,
)


def study(women: int, positives: int | None = None, seed: int = 0) -> StudyInput:
    """A study of two visits a woman, in which the margin knows the label and BMI does not."""
    generator = np.random.default_rng(seed)
    rows, train = 2 * women, 200
    label = (generator.random(rows) < 0.25).astype(np.int64)
    if positives is not None:
        label = (np.arange(rows) < positives).astype(np.int64)
    margin = generator.normal(size=rows) + 1.5 * label
    train_labels = generator.integers(0, 2, train)
    numbers = {f.name: generator.normal(size=rows) for f in fields(ScoreTable)[12:]}
    table = ScoreTable(
        recording_id=np.array([f"r{i}" for i in range(rows)], dtype=np.str_),
        participant_id=np.array([f"w{i // 2}" for i in range(rows)], dtype=np.str_),
        visit_id=np.array([f"v{i % 2}" for i in range(rows)], dtype=np.str_),
        split=np.array(["test"] * rows, dtype=np.str_),
        device_id=np.array(["d"] * rows, dtype=np.str_),
        site_id=np.array(["s"] * rows, dtype=np.str_),
        label=label,
        bp_class=np.where(
            label == 1, generator.integers(2, 4, rows), generator.integers(0, 2, rows)
        ),
        abstained=np.arange(rows) % 10 == 9,
        probability=1 / (1 + np.exp(-(margin - 2))),
        margin=margin,
        logits=generator.normal(size=(rows, 4)),
        **numbers,
    )

    def noise(columns: int) -> ControlFeatures:
        return ControlFeatures(
            generator.normal(size=(train, columns)), generator.normal(size=(rows, columns))
        )

    names = ["age_ga_bmi", "rhythm", "quality_only", "gestational_age_only", "random_encoder"]
    embeddings = label[:, None] + generator.normal(size=(rows, 8))
    known = ControlFeatures(train_labels[:, None] + generator.normal(size=(train, 8)), embeddings)
    return StudyInput(
        test=table,
        beside=fit_controls(
            {**{name: noise(3) for name in names}, "embedding": known}, train_labels
        ),
        train_labels=train_labels,
        train_women=np.array([f"t{i // 2}" for i in range(train)], dtype=np.str_),
        embeddings_test=embeddings,
        specificity=0.9,
        prevalence=0.05,
        threshold=0.5,
        simulated=True,
        seed=0,
        resamples=100,
    )


def estimates(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if set(node) == {"value", "low", "high", "reason"}:
            yield node
        for child in node.values():
            yield from estimates(child)


@pytest.fixture(scope="module")
def large() -> tuple[StudyInput, dict[str, Any]]:
    given = study(150)
    return given, run_study(given)


def test_headline_numbers(large: tuple[StudyInput, dict[str, Any]]) -> None:
    given, found = large
    kept = given.test.select(~given.test.abstained)
    assert found["auroc"]["value"] == pytest.approx(roc_auc_score(kept.label, kept.margin))
    assert found["auprc"]["value"] == pytest.approx(
        average_precision_score(kept.label, kept.margin)
    )
    assert found["counts"]["visits"] == 300
    assert found["counts"]["women"] == 150
    assert found["counts"]["scored_recordings"] == 270
    assert found["abstention"]["share"]["value"] == pytest.approx(0.1)
    assert found["simulated"] is True
    assert "ranks visits better than age" in found["verdict"]


def test_controls_stand_beside_the_model(large: tuple[StudyInput, dict[str, Any]]) -> None:
    _, found = large
    assert set(found["controls"]) == {
        "age_ga_bmi",
        "rhythm",
        "quality_only",
        "gestational_age_only",
        "random_encoder",
        "embedding",
        "shuffled_labels",
    }
    clinical = found["controls"]["age_ga_bmi"]
    assert clinical["difference"]["value"] == pytest.approx(
        found["auroc"]["value"] - clinical["auroc"]["value"]
    )
    assert found["controls"]["embedding"]["auroc"]["value"] > 0.8
    assert found["controls"]["shuffled_labels"]["auroc"]["value"] == pytest.approx(0.5, abs=0.15)


UNKNOWN = np.full(300, np.nan)


def test_a_baseline_is_named_by_what_is_known(large: tuple[StudyInput, dict[str, Any]]) -> None:
    given, _ = large
    rare = np.where(np.arange(300) < 100, 60.0, np.nan)  # of a third of the recordings
    test = replace(given.test, maternal_age_years=UNKNOWN, bmi_kg_m2=rare)
    found = run_study(replace(given, test=test))
    clinical = found["controls"]["age_ga_bmi"]
    assert clinical["known"] == ["gestational_age_days"]
    assert clinical["meaning"] == "gestational age, logistic (age and BMI are not known)"
    assert "better than gestational age alone (age and BMI are not known)" in found["verdict"]


def test_a_baseline_of_nothing_is_none(large: tuple[StudyInput, dict[str, Any]]) -> None:
    given, _ = large
    names = ("maternal_age_years", "gestational_age_days", "bmi_kg_m2")
    test = replace(given.test, **dict.fromkeys(names, UNKNOWN))
    found = run_study(replace(given, test=test))
    for name in ("age_ga_bmi", "gestational_age_only"):
        assert found["controls"][name]["auroc"]["value"] is None
        assert "known" in found["controls"][name]["difference"]["reason"]
    assert "cannot be compared with age, gestational age and BMI" in found["verdict"]


def test_abstained_positives_count_as_missed(large: tuple[StudyInput, dict[str, Any]]) -> None:
    _, found = large
    point = found["operating_point"]
    assert point["sensitivity_with_abstained"]["value"] < point["sensitivity"]["value"]


def test_a_useless_model_is_not_praised() -> None:
    given = study(60)
    noise = np.random.default_rng(9).normal(size=len(given.test))
    found = run_study(replace(given, test=replace(given.test, margin=noise)))
    assert "not shown to rank" in found["verdict"]


def test_numbers_come_back_from_the_table(
    large: tuple[StudyInput, dict[str, Any]], tmp_path: Path
) -> None:
    given, found = large
    given.test.write(tmp_path / "scores.csv")
    again = run_study(replace(given, test=read_scores(tmp_path / "scores.csv")))
    assert json.dumps(again) == json.dumps(found)


@pytest.mark.parametrize(("women", "positives"), [(6, 2), (6, 0), (6, 12), (1, 1), (0, 0), (3, 1)])
def test_tiny_studies_give_reasons(women: int, positives: int) -> None:
    found = run_study(study(women, positives))
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text)["verdict"].startswith("On simulated data")
    for estimate in estimates(found):
        assert estimate["reason"] or all(
            math.isfinite(estimate[key]) for key in ("value", "low", "high")
        )
    if positives in (0, 2 * women):
        assert found["auroc"]["value"] is None


def test_everything_abstained() -> None:
    given = study(6, 2)
    silent = replace(given.test, abstained=np.ones(12, dtype=bool))
    found = run_study(replace(given, test=silent, embeddings_test=np.full((12, 8), np.nan)))
    assert found["auroc"]["value"] is None
    assert found["abstention"]["share"]["value"] == 1.0


def test_a_shared_woman_is_refused() -> None:
    given = study(6, 2)
    women = given.train_women.copy()
    women[0] = "w0"
    with pytest.raises(FetalHemoError, match=r"E-SPLIT.* training and in the test"):
        run_study(replace(given, train_women=women))
    with pytest.raises(FetalHemoError, match=r"E-SPLIT.* validation and in the test"):
        run_study(replace(given, validation=given.test))
