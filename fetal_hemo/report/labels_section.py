"""The report's section on the labels: what their error costs, and which to look up."""

from __future__ import annotations

from typing import Any

from fetal_hemo.evaluation.look_up_list import LOOK_UP
from fetal_hemo.report.interval_plot import IntervalRow, interval_plot
from fetal_hemo.report.page import Section
from fetal_hemo.report.table import estimate_text, html_table

Json = dict[str, Any]

WHAT = (
    "A label is one visit's cuff reading, and a cuff errs. Simulated here: the error once more "
    "added to every reading (the AUROC falls) and, by extrapolation, none at all (it rises). The "
    "AUROC against error-free labels is expected between the two. The size of the error is "
    "published for the cuff and assumed for the visit; errors that go with the score are not in "
    "it, nor is the chance of which women came."
)


def labels_section(metrics: Json) -> Section:
    """Bands from label noise, the grey zone, and the labels to look up."""
    found = metrics["labels"]
    grey = found["grey_zone"]
    texts = [
        WHAT,
        f"Grey zone: {grey['recordings']} of {grey['of']} labels would change if both pressures "
        f"moved by 5 mmHg. AUROC without them: {estimate_text(grey['auroc_without'])}.",
        f"Labels to look up: {found['suspicious']}, listed in the study's folder "
        f"({LOOK_UP}) and not here, since they are of single women. The model, which never saw "
        "them, is sure of the other class (confident learning). Most may be hard cases; none was "
        "changed.",
    ]
    table = html_table("What the error of the labels does", *_noise(found))
    return Section("How far the labels can be trusted", texts, [_plot(metrics)], [table])


def _noise(found: Json) -> tuple[list[str], list[list[str]]]:
    header = ["", "SD (mmHg)", "AUROC, error once more", "AUROC, no error", "raised labels kept"]
    rows = []
    for row in found["noise"]:
        spread = f"{row['sbp_sd_mmhg']:.1f} / {row['dbp_sd_mmhg']:.1f}"
        its = row["found"]
        if its is None:
            rows.append([row["name"], spread, f"not available: {row['reason']}", "", ""])
            continue
        again = f"{its['once_more']:.2f} ({its['low']:.2f} to {its['high']:.2f})"
        kept = f"{100 * its['positive_kept']:.0f} %"
        rows.append([row["name"], spread, again, f"{its['without']:.2f}", kept])
    return header, rows


def _plot(metrics: Json) -> str | None:
    measured, grey = metrics["auroc"], metrics["labels"]["grey_zone"]["auroc_without"]
    rows = [
        IntervalRow(name, auroc["value"], auroc["low"], auroc["high"], strong)
        for name, auroc, strong in (
            ("as measured (95 %)", measured, True),
            ("without the grey zone (95 %)", grey, False),
        )
        if auroc["value"] is not None
    ]
    for row in metrics["labels"]["noise"]:
        its = row["found"]
        if its is not None:
            low, high = min(its["low"], its["without"]), max(its["high"], its["without"])
            rows.append(IntervalRow(f"{row['name']} (band)", its["measured"], low, high))
    return interval_plot(rows, "AUROC and what the labels do to it")
