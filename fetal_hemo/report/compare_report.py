"""Two studies side by side on one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fetal_hemo.evaluation import ScoreTable
from fetal_hemo.report.interval_plot import IntervalRow, interval_plot
from fetal_hemo.report.limits_words import limits_of, slashed
from fetal_hemo.report.modest_words import require_modest_words
from fetal_hemo.report.page import Section, render_page
from fetal_hemo.report.paired_plot import paired_plot
from fetal_hemo.report.table import estimate_text, html_table
from fetal_hemo.report.unnamed import unnamed

Json = dict[str, Any]
NAMES = ("A", "B")
SHARED = (
    "Measures are of the recordings that both studies answered; the difference is paired on them "
    "and clustered by woman. Studies that saw other training women differ in more than the model."
)


def write_comparison(
    compared: Json, metrics: Sequence[Json], tables: Sequence[ScoreTable], out: Path
) -> None:
    """Writes the page of two studies from `compare_studies`, their metrics and score tables.

    Raises `FetalHemoError` E-STORAGE.
    """
    judged = _sections(compared, [unnamed(found) for found in metrics], tables)
    for found in metrics:
        require_modest_words(judged, found)
    simulated = any(found["simulated"] for found in metrics)
    render_page("Two studies side by side", _sections(compared, metrics, tables), out, simulated)


def _sections(
    compared: Json, metrics: Sequence[Json], tables: Sequence[ScoreTable]
) -> list[Section]:
    return [
        Section("What was found", [comparison_verdict(compared)], lead=True),
        _shared(compared, metrics),
        Section("The same recordings", (), [paired_plot(tables, [*map(limits_of, metrics)])]),
        _whole(metrics),
        _differing(metrics),
    ]


def comparison_verdict(compared: Json) -> str:
    """Which study ranks better, if its interval says so."""
    found = compared["difference"]
    text = f"AUROC of A minus B on {compared['shared']} shared recordings: "
    text += f"{estimate_text(found, 3)}. "
    if found["low"] is None:
        return f"{text}The comparison is open."
    if found["low"] <= 0.0 <= found["high"]:
        return f"{text}Neither is shown to rank visits better."
    return f"{text}{'A' if found['low'] > 0 else 'B'} ranks visits better."


def _shared(compared: Json, metrics: Sequence[Json]) -> Section:
    first, second = compared["measures"]
    rows = [[name, estimate_text(first[name]), estimate_text(second[name])] for name in first]
    counts = (
        f"Shared: {compared['shared']} recordings of {compared['women']} women, "
        f"{compared['positive_recordings']} raised; beside them A has {compared['only'][0]} and B "
        f"{compared['only'][1]}. The decisions differ in {compared['decisions_apart']}."
    )
    bars = [
        IntervalRow(name, found["AUROC"]["value"], found["AUROC"]["low"], found["AUROC"]["high"])
        for name, found in zip(NAMES, compared["measures"], strict=True)
        if found["AUROC"]["value"] is not None
    ]
    table = html_table("With 95 % intervals", ["on shared recordings", *NAMES], rows)
    plot = interval_plot(bars, "AUROC on shared recordings (95 %)")
    return Section("Side by side", [SHARED, counts], [plot], [table])


def _whole(metrics: Sequence[Json]) -> Section:
    rows: list[list[str]] = []
    for name in ("women", "recordings", "positive_recordings", "scored_recordings"):
        rows.append([name.replace("_", " "), *(str(found["counts"][name]) for found in metrics)])
    rows.append(["raised from (mmHg)", *(slashed(limits_of(found)) for found in metrics)])
    rows.append(["AUROC", *(estimate_text(found["auroc"]) for found in metrics)])
    names = dict.fromkeys(name for found in metrics for name in found["controls"])
    for name in names:
        known = [found["controls"].get(name) for found in metrics]
        meaning = next(control["meaning"] for control in known if control)
        told = [estimate_text(c["auroc"]) if c else "not available: no such control" for c in known]
        rows.append([meaning, *told])
    rows.append(["design", *(f.get("design", {}).get("kind", "not available") for f in metrics)])
    rows.append(["verdict", *(found["verdict"] for found in metrics)])
    table = html_table("Each study on all of its own recordings", ["", *NAMES], rows)
    return Section("Each by itself", (), (), [table])


def _differing(metrics: Sequence[Json]) -> Section:
    """What was not the same, by the provenance of both."""
    known = [found.get("provenance", {}) for found in metrics]
    rows = [
        [name.replace("_", " "), *(str(facts.get(name, "not available")) for facts in known)]
        for name in dict.fromkeys(name for facts in known for name in facts)
        if known[0].get(name) != known[1].get(name)
    ]
    if not rows:
        return Section("Provenance", ["Code, versions and data are the same."])
    return Section("Provenance", (), (), [html_table("What differs", ["", *NAMES], rows)])
