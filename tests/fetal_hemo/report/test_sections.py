"""Every section of a study's report, from a study large enough for all of it and from tiny ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks.statistics import cohort, score_table
from fetal_hemo.evaluation import ControlScores, StudyInput, run_study
from fetal_hemo.report.abstention_section import abstention_section
from fetal_hemo.report.calibration_section import calibration_section, distribution_section
from fetal_hemo.report.labels_section import labels_section
from fetal_hemo.report.page import Section
from fetal_hemo.report.size_section import size_section
from fetal_hemo.report.subgroup_section import subgroup_section
from fetal_hemo.report.table import estimate_text
from fetal_hemo.report.threshold_section import threshold_section


@pytest.fixture(scope="module")
def given() -> StudyInput:
    """300 women with a record of everything, no control."""
    generator = np.random.default_rng(0)
    train = cohort(generator, 300)
    test = score_table(generator, cohort(generator, 300), "test")
    return StudyInput(
        test=test,
        beside=ControlScores({}, {}),
        train_labels=train.labels,
        train_women=np.array([f"T{woman}" for woman in train.women]),
        embeddings_test=np.full((len(test), 2), np.nan),
        specificity=0.9,
        prevalence=0.03,
        threshold=0.2,
        simulated=True,
        validation=score_table(generator, cohort(generator, 200), "validation"),
        resamples=100,
    )


@pytest.fixture(scope="module")
def metrics(given: StudyInput) -> dict[str, Any]:
    return run_study(given)


@pytest.fixture(scope="module")
def tiny(given: StudyInput) -> StudyInput:
    """Eight visits, none of them raised, and no validation women."""
    low = np.flatnonzero(given.test.label == 0)[:8]
    nothing = np.full((8, 2), np.nan)
    return replace(given, test=given.test.select(low), embeddings_test=nothing, validation=None)


def words(section: Section) -> str:
    return " ".join([*section.texts, *map(str, section.tables)])


def test_threshold(given: StudyInput, metrics: dict[str, Any]) -> None:
    section = threshold_section(metrics, given.scored)
    point, said = metrics["operating_point"], words(section)
    for name in ("sensitivity", "ppv", "sensitivity_at_specificity", "specificity_at_sensitivity"):
        assert estimate_text(point[name]) in said
    shares = [row["prevalence"] for row in point["by_prevalence"]]
    assert shares == [0.02, 0.03, 0.05, 0.1]
    stated = next(row for row in point["by_prevalence"] if row["prevalence"] == 0.03)
    assert stated["ppv"] == point["ppv"]
    values = [row["ppv"]["value"] for row in point["by_prevalence"]]
    assert values == sorted(values)


def test_calibration(given: StudyInput, metrics: dict[str, Any]) -> None:
    section = calibration_section(metrics, given.scored)
    assert "a perfect model here: up to" in words(section)
    assert "smooth, 95 % band" in str(section.pictures[0])
    section = distribution_section(metrics, given.scored)
    assert estimate_text(metrics["distribution"]["separation"], 3) in words(section)


def test_subgroups(metrics: dict[str, Any]) -> None:
    said = words(subgroup_section(metrics))
    assert "device: D0" in said
    assert "site: S1" in said
    hidden = [row for row in metrics["subgroups"]["rows"] if row["events"] is None]
    assert hidden
    assert f"{hidden[0]['variable']}: {hidden[0]['group']} ({hidden[0]['rows']} rec" in said


def test_abstention(metrics: dict[str, Any]) -> None:
    section = abstention_section(metrics)
    groups = metrics["abstention"]["conformal"]["groups"]
    assert len(groups) == 4
    assert estimate_text(groups[0]["held"]) in words(section)
    assert groups[0]["held"]["value"] > 0.8
    curve = metrics["abstention"]["coverage_risk"]["by_certainty"]
    assert curve[0]["risk"] < curve[-1]["risk"]


def test_labels(given: StudyInput, metrics: dict[str, Any]) -> None:
    said = words(labels_section(metrics))
    assert f"Labels to look up: {metrics['labels']['suspicious']}," in said
    assert not any(name in said for name in given.test.recording_id)
    cuff, visit = (row["found"] for row in metrics["labels"]["noise"])
    assert cuff["measured"] == pytest.approx(metrics["auroc"]["value"])
    assert visit["once_more"] < cuff["once_more"] < cuff["measured"] < cuff["without"]
    grey = metrics["labels"]["grey_zone"]
    raised = given.scored.sbp_mmhg[given.scored.label == 1]
    assert grey["recordings"] >= (raised < 145).sum() > 0


def test_sample_size(metrics: dict[str, Any]) -> None:
    said = words(size_section(metrics))
    assert "short by" in said
    test = metrics["sample_size"]["test"]
    assert test["label_correlation"] == pytest.approx(1.0)
    assert test["effective"] == pytest.approx(test["visits"] / test["design_effect"])


def test_tiny_studies_say_why(tiny: StudyInput) -> None:
    found = run_study(tiny)
    assert "0 visits of the rarer class" in words(calibration_section(found, tiny.scored))
    assert "no scores of validation women" in words(abstention_section(found))
    assert "too few recordings" in words(abstention_section(found))
    assert "no cuff readings on both sides" in words(labels_section(found))
    assert "one class only" in words(size_section(found))
    assert "Not shown" in words(subgroup_section(found))


def test_without_pressures_labels_cannot_be_judged(given: StudyInput) -> None:
    unknown = np.full(len(given.test), np.nan)
    found = run_study(replace(given, test=replace(given.test, sbp_mmhg=unknown)))
    assert found["labels"]["grey_zone"]["of"] == 0
    assert "no cuff readings on both sides" in words(labels_section(found))
