"""The study's page carries its numbers, its controls and its limits."""

import re
from pathlib import Path

import numpy as np
import pytest

from fetal_hemo.evaluation import run_study
from fetal_hemo.report.recording_picture import draw_recording
from fetal_hemo.report.study_report import write_study_report
from fetal_hemo.report.table import estimate_text


def test_headline_controls_and_limits(make_study, tmp_path: Path) -> None:
    given = make_study(30, 24)
    metrics = run_study(given)
    picture = draw_recording(np.zeros(15_000), [], None, simulated=True)
    write_study_report(metrics, given.test, tmp_path / "report.html", [picture])
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert metrics["verdict"] in text
    assert f"AUROC (simulated): {estimate_text(metrics['auroc'])}" in text
    for control in metrics["controls"].values():
        assert estimate_text(control["auroc"]) in text
    assert "a&lt;b" in text
    assert "at 5 % prevalence" in text
    assert "never a diagnosis" in text
    assert "Simulated data" in text
    assert text.count("<svg") == 9
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")


@pytest.mark.parametrize(("women", "positives"), [(0, 0), (1, 1), (6, 2), (6, 0), (6, 12)])
def test_tiny_studies_have_a_page(make_study, tmp_path: Path, women: int, positives: int) -> None:
    given = make_study(women, positives)
    write_study_report(run_study(given), given.test, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "None" not in text
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)


def test_same_numbers_same_page(make_study, tmp_path: Path) -> None:
    given = make_study(10, 6)
    for name in ("a.html", "b.html"):
        write_study_report(run_study(given), given.test, tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
