"""The report of a study: the headline beside its controls, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fetal_hemo.evaluation import ScoreTable
from fetal_hemo.report.abstention_section import abstention_section
from fetal_hemo.report.calibration_section import calibration_section, distribution_section
from fetal_hemo.report.forest_plot import forest_plot
from fetal_hemo.report.labels_section import labels_section
from fetal_hemo.report.net_benefit_plot import net_benefit_plot
from fetal_hemo.report.page import Section, render_page
from fetal_hemo.report.size_section import size_section
from fetal_hemo.report.subgroup_section import subgroup_section
from fetal_hemo.report.table import estimate_text, html_table
from fetal_hemo.report.threshold_section import threshold_section

Json = dict[str, Any]
MOST_FINDINGS = 5  # of one question; the JSON has all

LIMITS = (
    "This is a research instrument and never a diagnosis. It ranks who needs a (repeat) cuff "
    "reading; a cuff reading decides.",
    "A label is one visit's cuff reading (140/90 mmHg or more). Hypertension in pregnancy is "
    "defined by two readings at least 4 hours apart, and many raised readings are not confirmed.",
    "The numbers hold for women, devices and midwives like those of this study. Other places "
    "need a study of their own.",
)
METHODS = (
    "Women, not recordings, were divided into training, validation and test; all numbers are of "
    "test women. AUROC intervals are Obuchowski's for clustered data (1997) on the logit scale, "
    "with Student's t; differences are paired on the same recordings. Shares have Wilson intervals "
    "at the effective sample size; predictive values follow by Bayes' rule at the stated "
    "prevalence, their intervals by variance recovery. Area under precision-recall, Brier scores, "
    "separation and net benefit have intervals from the summed influences of women; sensitivity "
    "where specificity is set has Zhou and Qin's (2005) on the logit scale; balanced accuracy and "
    "coverage-risk curves have percentiles of a bootstrap over women.",
    "The smooth calibration curve is a logistic regression on restricted cubic splines of the log "
    "odds with a variance clustered by woman; the null of the calibration error is a wild cluster "
    "bootstrap. Conformal sets are Mondrian by class and share of usable windows. Label error is "
    "simulated at several sizes and extrapolated back (SIMEX, Cook and Stefanski 1994).",
    "Threshold and calibration were fixed on validation women. Controls are logistic regressions "
    "fitted on training women. Sample sizes are Riley's (2020, 2024) times the design effect of "
    "repeat visits. All intervals are 95 %.",
)


def write_study_report(
    metrics: Json, table: ScoreTable, out: Path, pictures: Sequence[str] = ()
) -> None:
    """Writes the page of a study from the metrics of `run_study` and its score table.

    `pictures` are SVG texts of `draw_recording`. Raises `FetalHemoError` E-STORAGE.
    """
    scored = table.select(table.scored)
    sections = [
        Section("What was found", _headline(metrics), lead=True),
        _ranking(metrics),
        _counts(metrics),
        threshold_section(metrics, scored),
        calibration_section(metrics, scored),
        distribution_section(metrics, scored),
        Section("Decision curve", DECISION, [net_benefit_plot(metrics["decision_curve"])]),
        _classes(metrics),
        subgroup_section(metrics),
        abstention_section(metrics),
        labels_section(metrics),
        size_section(metrics),
        _checks(metrics),
        *([_leakage(metrics["leakage"])] if "leakage" in metrics else []),
        *([Section("A recording as the model hears it", (), pictures)] if pictures else []),
        Section("Limits", LIMITS),
        Section("Methods", METHODS),
    ]
    render_page(
        "Maternal blood pressure from fetal Doppler: study", sections, out, _simulated(metrics)
    )


def _simulated(metrics: Json) -> bool:
    return bool(metrics["simulated"])


def _headline(metrics: Json) -> list[str]:
    kind = " (simulated)" if _simulated(metrics) else ""
    return [metrics["verdict"], f"AUROC{kind}: {estimate_text(metrics['auroc'])}."]


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


def _counts(metrics: Json) -> Section:
    counts = metrics["counts"]
    rows = [
        [
            "training",
            counts["train_women"],
            counts["train_recordings"],
            counts["train_positive_recordings"],
        ],
        ["test", counts["women"], counts["recordings"], counts["positive_recordings"]],
        [
            "test, with a probability",
            "",
            counts["scored_recordings"],
            counts["scored_positive_recordings"],
        ],
    ]
    header = ["", "women", "recordings", "at 140/90 or more"]
    text = (
        f"Visits of test women: {counts['visits']}; women with a raised visit: "
        f"{counts['positive_women']}."
    )
    return Section("Who was studied", [text], (), [html_table("Counts", header, rows)])


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


def _checks(metrics: Json) -> Section:
    found = metrics["reidentification"]
    chance = "" if found["chance"] is None else f"; by chance {found['chance']:.3f}"
    text = (
        "Nearest other recording is of the same woman (another visit): "
        f"{estimate_text(found['hit_rate'])}{chance}. Far above chance, the embedding knows the "
        "woman, and labels that go with a woman could be learned as a shortcut."
    )
    return Section("Does it know the woman?", [text])
