"""Words of the report: no claim beyond the interval, a paragraph to paste, checklists that hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import run_study
from fetal_hemo.report.checklists import STARD_AI, TRIPOD_AI
from fetal_hemo.report.modest_words import may_claim, require_modest_words
from fetal_hemo.report.page import Section
from fetal_hemo.report.study_card import model_card
from fetal_hemo.report.study_report import study_sections, write_study_report
from fetal_hemo.report.study_words import methods_paragraph
from fetal_hemo.report.table import estimate_text


@pytest.fixture(scope="module")
def metrics(make_study: Any) -> dict[str, Any]:
    found = run_study(make_study(30, 16))
    flow = {
        "cohort": dict.fromkeys(("women", "visits", "recordings"), 9),
        "excluded": {},
        "parts": {},
    }
    return {**found, "flow": flow, "design": {"kind": "cross validation", "candidates": {}}}


def against_baseline(metrics: dict[str, Any], low: float, simulated: bool) -> dict[str, Any]:
    clinical = {**metrics["controls"]["age_ga_bmi"]}
    clinical["difference"] = {"value": 0.2, "low": low, "high": 0.4, "reason": ""}
    beside = {**metrics["controls"], "age_ga_bmi": clinical}
    return {**metrics, "controls": beside, "simulated": simulated}


@pytest.mark.parametrize(
    ("low", "simulated", "allowed"),
    [(-0.01, False, False), (0.0, False, False), (0.05, True, False), (0.05, False, True)],
)
def test_detects_is_refused_where_the_interval_covers_0(
    metrics: dict[str, Any], low: float, simulated: bool, allowed: bool
) -> None:
    given = against_baseline(metrics, low, simulated)
    assert may_claim(given) is allowed
    for planted in (Section("Found", ["It detects hypertension."]), Section("Detection")):
        if allowed:
            require_modest_words([planted], given)
            continue
        with pytest.raises(FetalHemoError, match=r"E-BUG: the report says \"\w*etect"):
            require_modest_words([planted], given)


def test_a_claim_in_the_numbers_never_reaches_the_page(
    metrics: dict[str, Any], make_study: Any, tmp_path: Path
) -> None:
    table, page = make_study(30, 16).test, tmp_path / "report.html"
    write_study_report(metrics, table, page)
    assert "detect" not in page.read_text().lower()
    page.unlink()
    with pytest.raises(FetalHemoError, match="E-BUG"):
        write_study_report({**metrics, "verdict": "The model detects it."}, table, page)
    assert not page.exists()


def test_the_methods_paragraph_holds_the_numbers(metrics: dict[str, Any]) -> None:
    text = methods_paragraph(metrics)
    counts = metrics["counts"]
    assert f"{counts['women']} women with {counts['visits']} visits" in text
    assert estimate_text(metrics["auroc"]) in text
    assert "simulated" in text
    external = {**metrics, "design": {"kind": "external validation of an exported bundle"}}
    external["counts"] = {**counts, "train_women": 0}
    said = methods_paragraph(external)
    assert "whether that shares women with this one is not known" in said
    assert "were those of the bundle" in said


def test_checklists_name_only_sections_that_are_there(
    metrics: dict[str, Any], make_study: Any
) -> None:
    """An item is answered by a section of this very page, or is called not available."""
    full = {
        **metrics,
        "leakage": {"verdict": "No leak.", "questions": []},
        "provenance": {"code": "x"},
        "agreement": {"gate": {}},
    }
    sections = study_sections(full, make_study(30, 16).test, ["<svg></svg>"])
    titles = {section.title for section in sections}
    named = {name for _, _, names in (*TRIPOD_AI, *STARD_AI) for name in names}
    assert named <= titles
    tables = "".join(map(str, sections[-1].tables))
    assert tables.count("<tr>") == len(TRIPOD_AI) + len(STARD_AI) + 2
    assert "this study has no" not in tables
    bare = study_sections(metrics, make_study(30, 16).test)
    told = "".join(map(str, bare[-1].tables))
    assert "not available: this study has no Provenance" in told
    assert "not available: this study has no One recording, explained" in told
    assert "section Float, int8 and device" not in told


def test_the_card_holds_the_numbers_and_then_the_bundles_own(metrics: dict[str, Any]) -> None:
    card = model_card({**metrics, "card": "# default 1\nbundle's text\n"})
    assert card.startswith("# Evaluation (simulated)\n")
    assert card.endswith(
        "\n# Card that came with the bundle: its maker's words\n\n# default 1\nbundle's text"
    )
    assert "came with the bundle" not in model_card(metrics)
    assert f"AUROC (simulated): {estimate_text(metrics['auroc'])}" in card
    for control in metrics["controls"].values():
        assert control["meaning"] in card
