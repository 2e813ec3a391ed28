"""The page of a checked cohort: the verdict on top, what to do next, and what it rests on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fetal_hemo.evaluation.needed_visits import AUROC, CLINICAL_PARAMETERS
from fetal_hemo.recordings.audit.precision import Precision
from fetal_hemo.recordings.audit.shortcuts import Shortcut
from fetal_hemo.recordings.check_report import CheckReport
from fetal_hemo.report.cohort_plots import age_plot, audio_plot, missing_plot, pressure_plot
from fetal_hemo.report.page import Section, render_page
from fetal_hemo.report.table import html_table
from firmware_bridge.store import make_folder, write_atomically

PAGE, DOCUMENT = "check.html", "check.json"
MOST_LINES = 200  # of one list or table; check.json has all

METHODS = (
    "Shared sound is found by landmarks of the spectrogram (groups of four peaks) and confirmed by "
    "the phase-transform correlation of the waveforms from 60 to 450 Hz, at least 2 s of them; "
    "gain, polarity, offset, cuts, file type and sample rate make no difference. A change of speed "
    "or pitch hides it.",
    "Whatever may predict the label is tested on visits: Cramer's V or AUROC, p from 2,000 random "
    "exchanges of labels between women with as many visits, corrected by Holm for the number of "
    "tests. AUROC intervals are Obuchowski's for repeat visits.",
    "The half-width of an AUROC follows Hanley and McNeil (1982) times the design effect of repeat "
    "visits (Kish; correlation of the label within women by analysis of variance). Visits needed "
    "for slope and observed/expected follow Riley et al. (2024), those to develop a regression "
    "Riley et al. (2020), times the same effect.",
)


def write_check_report(report: CheckReport, out: Path) -> Path:
    """Path of the `check.html` written into `out` beside `check.json`. Raises E-STORAGE."""
    make_folder(out)
    text = json.dumps(report.to_dict(), indent=1, allow_nan=False)
    write_atomically(out / DOCUMENT, (text + "\n").encode())
    sections = [
        Section("Verdict", _verdict(report), lead=True),
        Section("What to do next", _numbered(report.next_steps)),
        Section("Defects", _listed(report.defects, "None: nothing stops training.")),
        Section("Warnings", _listed(report.warnings, "None.")),
    ]
    if report.rows:
        sections += [_women(report), _pressures(report), _values(report), _audio(report)]
        sections += [_shared(report), _shortcuts(report)]
        sections += [_precision(report.precision)] if report.precision else []
    sections.append(Section("Methods", METHODS))
    render_page("Check of a cohort", sections, out / PAGE, report.simulated)
    return out / PAGE


def _verdict(report: CheckReport) -> list[str]:
    first = f"{report.verdict[0].upper()}{report.verdict[1:]}."
    if not report.rows:
        return [first]
    hours = report.audio.seconds / 3600
    return [
        first,
        f"{report.counts.recordings} recordings ({hours:.1f} h) of {report.counts.women} women at "
        f"{report.counts.visits} visits; {len(report.counts.labelled)} visits have a cuff reading. "
        f"Defects: {len(report.defects)}. Warnings: {len(report.warnings)}.",
    ]


def _numbered(steps: Sequence[str]) -> list[str]:
    return [f"{place}. {step}" for place, step in enumerate(steps, start=1)]


def _listed(lines: Sequence[str], none: str) -> list[str]:
    more = [f"And {len(lines) - MOST_LINES} more: see {DOCUMENT}."] * (len(lines) > MOST_LINES)
    return [*lines[:MOST_LINES], *more] or [none]


def _women(report: CheckReport) -> Section:
    rows = [[name, its["visits"], its["women"]] for name, its in report.counts.classes.items()]
    labelled = len(report.counts.labelled)
    rows.append(["with a reading", labelled, len(report.counts.positive_of)])
    rows.append(["all", report.counts.visits, report.counts.women])
    tables = [html_table("By blood pressure", ["", "visits", "women"], rows)]
    if report.split is not None and report.split.women:
        folds = [
            [fold, its["women"], its["positive_women"], its["negative_women"]]
            for fold, its in report.split.women.items()
        ]
        header = ["fold", "women", "with a positive visit", "without"]
        tables.append(html_table("By fold", header, folds))
    text = "A woman counts in each class that one of her visits is in."
    return Section("Visits and women", [text], (), tables)


def _pressures(report: CheckReport) -> Section:
    visits = list({r.visit_id: r for r in report.rows}.values())
    pictures = [pressure_plot(visits, report.labels), age_plot(visits, report.labels)]
    text = (
        "Dotted lines are the thresholds of the classes; either pressure is enough. A class that "
        "comes at another gestational age than the rest can be told by that age alone."
    )
    return Section("Blood pressure and gestational age", [text], pictures)


def _values(report: CheckReport) -> Section:
    rows = [[column, f"{low:g}", f"{high:g}"] for column, (low, high) in report.ranges.items()]
    table = html_table("Ranges", ["", "smallest", "largest"], rows)
    complete = [] if any(report.missing.values()) else ["No value is missing."]
    return Section("Values", complete, [missing_plot(report.missing)], [table] if rows else [])


def _audio(report: CheckReport) -> Section:
    facts = list(report.audio.facts.values())
    shortest = report.audio.shortest_s
    least = "" if shortest is None else f", the shortest {shortest:.1f} s"
    text = (
        f"{report.audio.readable} of {report.counts.recordings} recordings can be read: "
        f"{report.audio.seconds / 3600:.1f} h{least}."
    )
    return Section("Audio", [text], [audio_plot(facts)])


def _shared(report: CheckReport) -> Section:
    if not report.shared:
        return Section("Shared sound", ["No two recordings hold the same sound."])
    words = {"visit": "one visit", "woman": "one woman, two visits", "women": "two participants"}
    rows = [
        [f"{pair.first.row} and {pair.second.row}", words[pair.relation], pair.words()]
        for pair in report.shared[:MOST_LINES]
    ]
    table = html_table(f"{len(report.shared)} pairs", ["rows", "whose", "what"], rows)
    return Section("Shared sound", (), (), [table])


def _shortcuts(report: CheckReport) -> Section:
    text = (
        f"{len(report.shortcuts)} things that are not the fetus were tested. Of those that go with "
        "the label, a network learns the easiest first."
    )
    header = ["", "women", "strength", "p", "p (Holm)", ""]
    tables = [html_table("Not the fetus", header, [_row(its) for its in report.shortcuts])]
    clinical = [_row(its)[:4] for its in report.clinical]
    tables.append(html_table("Clinical: what a model has to beat", header[:4], clinical))
    return Section("What predicts the label", [text], (), tables)


def _row(its: Shortcut) -> list[str]:
    if its.kind == "category":
        strength = f"V {its.strength:.2f} ({its.levels} levels)"
    elif its.low is None or its.high is None:
        strength = f"AUROC {its.strength:.2f}"
    else:
        strength = f"AUROC {its.strength:.2f} ({its.low:.2f} to {its.high:.2f})"
    mark = "suspicious" if its.suspicious else ""
    return [its.name, str(its.women), strength, f"{its.p_value:.4f}", f"{its.p_holm:.3f}", mark]


def _precision(found: Precision) -> Section:
    share = f"test women ({found.test_share:.0%})"
    rows: list[list[Any]] = [
        ["labelled visits", found.visits],
        ["visits per woman", _number(found.visits_per_woman, 2)],
        ["positive visits", f"{found.positive_visits} ({found.prevalence:.1%})"],
        ["correlation of the label within women", _number(found.label_correlation, 2)],
        ["design effect of repeat visits", f"{found.design_effect:.2f}"],
        ["effective number of visits", f"{found.effective_visits:.0f}"],
        [f"AUROC {AUROC:.2f} would be known to, all women", _within(found.half_width_all)],
        [f"AUROC {AUROC:.2f} would be known to, {share}", _within(found.half_width_test)],
        [f"parameters a regression can carry (AUROC {AUROC:.2f})", found.parameters_supported],
    ]
    tables = [html_table("This cohort", ["", ""], rows)]
    needed = [[aim, visits] for aim, visits in found.needed.items()]
    if needed:
        caption = "Labelled visits of test women that a study needs, with these repeat visits"
        tables.append(html_table(caption, ["to know", "visits"], needed))
        develop = [[aim, visits] for aim, visits in found.needed_to_develop.items()]
        caption = f"Labelled visits of training women for {CLINICAL_PARAMETERS} parameters"
        tables.append(html_table(caption, ["so that", "visits"], develop))
    return Section("Sample size", (), (), tables)


def _number(value: float | None, digits: int) -> str:
    return "not known" if value is None else f"{value:.{digits}f}"


def _within(half_width: float | None) -> str:
    return "too few visits to say" if half_width is None else f"within {half_width:.3f}"
