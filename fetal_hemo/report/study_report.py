"""The report of a study: the headline beside its controls, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fetal_hemo.evaluation import ScoreTable
from fetal_hemo.report.abstention_section import abstention_section
from fetal_hemo.report.agreement_section import agreement_section
from fetal_hemo.report.calibration_section import calibration_section, distribution_section
from fetal_hemo.report.checklists import checklist_section
from fetal_hemo.report.explained_section import explained_section
from fetal_hemo.report.forest_plot import forest_plot
from fetal_hemo.report.labels_section import labels_section
from fetal_hemo.report.limitations_section import limitations_section
from fetal_hemo.report.modest_words import require_modest_words
from fetal_hemo.report.net_benefit_plot import net_benefit_plot
from fetal_hemo.report.page import Section, render_page
from fetal_hemo.report.shortcut_section import shortcut_section
from fetal_hemo.report.size_section import size_section
from fetal_hemo.report.study_card import model_card
from fetal_hemo.report.study_words import (
    intended_use_section,
    methods_section,
    provenance_section,
)
from fetal_hemo.report.subgroup_section import subgroup_section
from fetal_hemo.report.table import estimate_text, html_table
from fetal_hemo.report.threshold_section import threshold_section
from fetal_hemo.report.unnamed import unnamed
from fetal_hemo.report.view_words import SIMULATED_MODEL
from fetal_hemo.report.who_section import table_one_section, who_section

Json = dict[str, Any]
TITLE = "Maternal blood pressure from fetal Doppler: study"
MOST_FINDINGS = 5  # of one question; the JSON has all


def write_study_report(
    metrics: Json, table: ScoreTable, out: Path, pictures: Sequence[str] = ()
) -> None:
    """Writes the page of a study from the metrics of `run_study` and its score table.

    `pictures` are SVG texts of `draw_recording`. Raises E-STORAGE, and E-BUG for a claim of ours.
    """
    require_modest_words(study_sections(unnamed(metrics), table, pictures), metrics)
    sections = study_sections(metrics, table, pictures)
    render_page(TITLE, sections, out, _simulated(metrics))


def study_sections(metrics: Json, table: ScoreTable, pictures: Sequence[str] = ()) -> list[Section]:
    """The sections of a study's page, in their order; the checklists look at all others."""
    scored = table.select(table.scored)
    sections = [
        Section("What was found", _headline(metrics), lead=True),
        intended_use_section(metrics),
        _ranking(metrics),
        who_section(metrics),
        table_one_section(metrics),
        threshold_section(metrics, scored),
        calibration_section(metrics, scored),
        distribution_section(metrics, scored),
        Section("Decision curve", DECISION, [net_benefit_plot(metrics["decision_curve"])]),
        _classes(metrics),
        subgroup_section(metrics),
        abstention_section(metrics),
        labels_section(metrics),
        size_section(metrics),
        agreement_section(metrics),
        shortcut_section(metrics),
        *([_leakage(metrics["leakage"])] if "leakage" in metrics else []),
        *([explained_section(metrics, pictures)] if pictures else []),
        limitations_section(metrics),
        methods_section(metrics),
        Section("Model card", listing=model_card(metrics)),
        provenance_section(metrics),
    ]
    return [*sections, checklist_section(sections, _empty(metrics))]


def _empty(metrics: Json) -> list[str]:
    """Titles of sections that only say that they have nothing."""
    absent = {"Provenance": "provenance", "Float, int8 and device": "agreement"}
    return [title for title, name in absent.items() if not metrics.get(name)]


def _simulated(metrics: Json) -> bool:
    return bool(metrics["simulated"])


def _headline(metrics: Json) -> list[str]:
    kind = " (simulated)" if _simulated(metrics) else ""
    found = [metrics["verdict"], f"AUROC{kind}: {estimate_text(metrics['auroc'])}."]
    return [*found, *([SIMULATED_MODEL] if metrics["model_simulated"] else [])]


def _ranking(metrics: Json) -> Section:
    rows = [["the model", estimate_text(metrics["auroc"]), ""]]
    for control in metrics["controls"].values():
        difference = control["difference"]
        shown = estimate_text(difference) if difference else "range over permutations"
        rows.append([control["meaning"], estimate_text(control["auroc"]), shown])
    table = html_table(
        "AUROC with 95 % interval, and the model minus the control on the same recordings",
        ["", "AUROC", "model minus this"],
        rows,
    )
    text = (
        "Quality only, gestational age only and shuffled labels are negative controls: a model "
        "that is no better than them has found a shortcut or nothing."
    )
    return Section("Ranking, beside controls", [text], [forest_plot(metrics)], [table])


DECISION = (
    "Net benefit counts a raised visit found as 1 and a needless repeat reading as the odds of "
    "the threshold probability. Below both other lines, the model does harm.",
)


def _classes(metrics: Json) -> Section:
    found = metrics["classes"]
    names = list(found["recalls"])
    rows = [
        [name, *counts, estimate_text(recall)]
        for (name, recall), counts in zip(found["recalls"].items(), found["confusion"], strict=True)
    ]
    header = ["true class", *(f"said {name}" for name in names), "recall"]
    texts = [
        f"Balanced accuracy: {estimate_text(found['balanced_accuracy'])}. It and the recalls count "
        "a rare class as much as a common one.",
        "Agreement with the cuff in mmHg (Bland-Altman, ISO 81060-2, BHS) is not available: the "
        "model gives classes, not pressures.",
    ]
    if not metrics["counts"]["scored_recordings"] or found["reason"]:
        why = found["reason"] or "no recording has a probability"
        return Section("Blood-pressure classes", [f"Not available: {why}."])
    table = html_table("Counts and recall", header, rows)
    return Section("Blood-pressure classes", texts, (), [table])


def _leakage(found: Json) -> Section:
    said = {True: "no", False: "YES", None: "could not be asked"}
    rows = [
        [answer["question"], said[answer["clean"]], "; ".join(answer["findings"][:MOST_FINDINGS])]
        for answer in found["questions"]
    ]
    table = html_table("Leakage audit", ["question", "answer", "found"], rows)
    return Section("Does anything know the answers?", [found["verdict"]], (), [table])
