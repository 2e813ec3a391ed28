"""Names and cards are others' words: only our own are judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import run_study
from fetal_hemo.report.study_report import write_study_report
from fetal_hemo.training.compare import compare
from fetal_hemo.training.external import evaluate_bundle
from fetal_hemo.training.rewrite_report import rewrite_report
from fetal_hemo.training.run_folder import read_facts
from tests.fetal_hemo.report.elsewhere import shipped_model, small_cohort

NAMES = {"device_id": "Fetal detector B", "site_id": "detects"}
MODEL = "heart-detector"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("given")
    cohort, model = small_cohort(home / "cohort", **NAMES), shipped_model(home, MODEL)
    evaluate_bundle(model.path, cohort, home / "study", [model.public_key])
    return home / "study"


def test_a_study_of_a_detector_has_its_page(study: Path) -> None:
    page = (study / "report.html").read_text(encoding="utf-8")
    assert read_facts(study)["status"] == "finished"
    assert "shown to detect raised pressure" in page  # as the model's own card claims
    for name in ("device: Fetal detector B", "site: detects", f"# {MODEL} ", f"name {MODEL}"):
        assert name in page, name


def test_it_is_reported_again_and_compared(study: Path, tmp_path: Path) -> None:
    before = (study / "report.html").read_bytes()
    rewrite_report(study)
    assert (study / "report.html").read_bytes() == before
    assert compare(study, study, tmp_path / "pair.html").exists()


def test_folds_that_leave_a_detector_out(make_study: Any, tmp_path: Path) -> None:
    given = make_study(30, 24)
    metrics = run_study(given)
    fold = {"fold": "device-1", "place": "Fetal detector B", "auroc": metrics["auroc"]}
    fold |= {"women": 30, "recordings": 60, "positive_recordings": 24, "train_women": 20}
    write_study_report({**metrics, "folds": [fold]}, given.test, tmp_path / "x.html")
    assert "device-1 (Fetal detector B)" in (tmp_path / "x.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("where", ["verdict", "note"])
def test_no_name_excuses_our_own_words(make_study: Any, tmp_path: Path, where: str) -> None:
    """Not even one that is the very word."""
    given = make_study(30, 24)
    metrics = run_study(given)
    metrics["provenance"] = {"model": {"name": "detects", "version": "1.0.0"}}
    metrics["subgroups"]["rows"][0] |= {"variable": "device", "group": "detects"}
    said = "The model detects it."
    planted: dict[str, Any] = {
        "verdict": {"verdict": said},
        "note": {"design": {"note": said}},
    }
    with pytest.raises(FetalHemoError, match='E-BUG: the report says "detects"'):
        write_study_report({**metrics, **planted[where]}, given.test, tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()
