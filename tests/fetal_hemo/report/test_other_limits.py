"""Where a recipe or a bundle says that raised begins at 105/70, every word says so."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fetal_hemo.evaluation import read_scores, run_study
from fetal_hemo.evaluation.compared import compare_studies
from fetal_hemo.report.compare_report import write_comparison
from fetal_hemo.report.study_report import write_study_report
from fetal_hemo.report.view import view_recording
from fetal_hemo.training.external import evaluate_bundle
from fetal_hemo.training.rewrite_report import rewrite_report
from tests.fetal_hemo.report.elsewhere import LIMITS, Signed, shipped_model, small_cohort

USUAL = re.compile(r"140/90|140 mmHg|90 mmHg|least 140|least 90")
SAID = (
    '<th scope="col">at 105/70 or more</th>',
    "at 105/70 or more median",
    ">below 105/70 (",
    "among those at 105/70 or more",
    "cuff reading (105/70 mmHg or more)",
    "105 mmHg systolic or 70 mmHg diastolic or more",
)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_cohort(tmp_path_factory.mktemp("cohort"))


@pytest.fixture(scope="module")
def low(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    return shipped_model(tmp_path_factory.mktemp("low"), "low", bp_thresholds_mmhg=LIMITS)


@pytest.fixture(scope="module")
def study(cohort: Path, low: Signed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("studies") / "low"
    evaluate_bundle(low.path, cohort, out, [low.public_key])
    return out


def test_a_study_says_the_limits_of_its_labels(study: Path) -> None:
    metrics = json.loads((study / "metrics.json").read_text(encoding="utf-8"))
    table, page = read_scores(study / "scores.csv"), (study / "report.html").read_text("utf-8")
    raised = int(((table.sbp_mmhg >= 105) | (table.dbp_mmhg >= 70)).sum())
    assert metrics["limits"] == [105, 70]
    assert metrics["counts"]["positive_recordings"] == raised
    for words in SAID:
        assert words in page, words
    assert not USUAL.search(page)


def test_a_study_written_before_the_metrics_told_is_reported(study: Path, tmp_path: Path) -> None:
    path, page = study / "metrics.json", study / "report.html"
    metrics, before = json.loads(path.read_text(encoding="utf-8")), page.read_bytes()
    older = {name: value for name, value in metrics.items() if name != "limits"}
    path.write_text(json.dumps(older), encoding="utf-8")
    rewrite_report(study)
    assert page.read_bytes() == before
    assert json.loads(path.read_text(encoding="utf-8"))["limits"] == [105, 70]
    write_study_report(older, read_scores(study / "scores.csv"), tmp_path / "older.html")
    assert "at 140/90 or more" in (tmp_path / "older.html").read_text(encoding="utf-8")


def test_two_studies_side_by_side(make_study: Any, tmp_path: Path) -> None:
    usual = make_study(30, 24)
    low = replace(usual, limits=(105.0, 70.0))
    assert "at 105/70 or more" in compared(low, low, tmp_path / "same.html")
    text = compared(usual, low, tmp_path / "apart.html")
    assert "105/70" in text
    assert "140/90" in text
    assert "or more" not in text  # of a visit of both studies


def compared(first: Any, second: Any, out: Path) -> str:
    metrics = [run_study(first), run_study(second)]
    write_comparison(compare_studies(first, second), metrics, [first.test, second.test], out)
    return out.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["html", "svg"])
def test_a_view_says_the_limits_of_its_bundle(
    study: Path, cohort: Path, low: Signed, tmp_path: Path, kind: str
) -> None:
    scores = read_scores(study / "scores.csv")
    name = scores.recording_id[scores.scored][0]
    audio, page = cohort / "audio" / f"{name}.flac", tmp_path / f"x.{kind}"
    assert view_recording(audio, page, low.path, [low.public_key]).outcome == "screened"
    text = " ".join(re.sub("<[^>]*>", " ", page.read_text(encoding="utf-8")).split())
    assert "a reading of at least 105 or at least 70 mmHg" in text
    assert not USUAL.search(text)
