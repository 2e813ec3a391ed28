"""The report's sections on the women: how they came into the study, and who they were."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from fetal_hemo.report.flow_diagram import flow_diagram
from fetal_hemo.report.limits_words import at_or_above, limits_of
from fetal_hemo.report.page import Section
from fetal_hemo.report.table import estimate_text, html_table

Json = dict[str, Any]
NO_FLOW = "not available: the study was not made from a cohort by evaluate"


def who_section(metrics: Json) -> Section:
    """Flow diagram, counts, and the folds where there are any."""
    counts, flow = metrics["counts"], metrics.get("flow")
    texts = [
        f"Visits of test women: {counts['visits']}; women with a raised visit: "
        f"{counts['positive_women']}."
    ]
    if flow is None:
        texts.append(f"Flow diagram: {NO_FLOW}.")
    elif metrics["folds"]:
        texts.append("In turn the same women train, validate and are tested; no fold knows both.")
    header = ["", "women", "recordings", at_or_above(limits_of(metrics))]
    tables = [html_table("Counts", header, _rows(counts))]
    if metrics["folds"]:
        tables.append(_folds(metrics["folds"]))
    pictures, narrow = ([flow_diagram(flow, part)] if flow else [] for part in (False, True))
    return Section("Who was studied", texts, pictures, tables, phone_pictures=narrow)


def _rows(counts: Json) -> list[list[Any]]:
    train = [counts[f"train_{name}"] for name in ("women", "recordings", "positive_recordings")]
    scored = [counts["scored_recordings"], counts["scored_positive_recordings"]]
    return [
        ["training (the smallest)", *train]
        if train[0]
        else ["training", "not in this cohort", "", ""],
        ["test", counts["women"], counts["recordings"], counts["positive_recordings"]],
        ["test, with a probability", "", *scored],
    ]


def _folds(folds: list[Json]) -> Markup:
    rows = [
        [
            row["fold"] + (f" ({row['place']})" if row["place"] else ""),
            row["train_women"],
            row["women"],
            f"{row['positive_recordings']} of {row['recordings']}",
            estimate_text(row["auroc"]),
        ]
        for row in folds
    ]
    header = ["held out", "women trained on", "women tested", "raised", "AUROC within"]
    return html_table("Folds; within one all scores are of one model", header, rows)


def table_one_section(metrics: Json) -> Section:
    """Table 1: the test recordings with and without a raised pressure."""
    groups = metrics["table_one"]
    rows: list[list[str]] = [
        [name, *(str(group[name]) for group in groups.values())] for name in ("women", "recordings")
    ]
    rows.append(["no child yet", *map(_first_child, groups.values())])
    titles = next(iter(groups.values()))["columns"]
    rows += [[title, *(_spread(g["columns"][title]) for g in groups.values())] for title in titles]
    table = html_table("Median (quartiles) over test recordings", ["", *groups], rows)
    text = "Recordings are counted: a woman's age weighs as often as she came."
    return Section("Table 1: test recordings", [text], (), [table])


def _first_child(group: Json) -> str:
    share = group["nulliparous"]
    return group["nulliparous_reason"] if share is None else f"{100 * share:.0f} %"


def _spread(found: Json) -> str:
    if found["quartiles"] is None:
        return str(found["reason"])
    low, middle, high = (f"{value:.3g}" for value in found["quartiles"])
    unknown = f"; {found['unknown']} not known" if found["unknown"] else ""
    return f"{middle} ({low} to {high}){unknown}"
