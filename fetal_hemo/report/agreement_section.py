"""The report's section on the exported model: float against int8 against device."""

from __future__ import annotations

from typing import Any

from fetal_hemo.report.page import Section
from fetal_hemo.report.table import estimate_text, html_table

Json = dict[str, Any]
NONE = "Not available: no bundle was given (evaluate RUN COHORT --bundle MODEL.fhb)."


def agreement_section(metrics: Json) -> Section:
    """What the export gate measured, and what a device said of the test recordings."""
    title, found = "Float, int8 and device", metrics.get("agreement")
    if not found:
        return Section(title, [NONE])
    gate = [[name.replace("_", " "), f"{value:.3g}"] for name, value in found["gate"].items()]
    tables = [html_table("Export gate: float against int8 graphs", ["", "value"], gate)]
    if "recordings" not in found:
        text = "All numbers of this page are the device's; the trained model was not asked."
        return Section(title, [text], (), tables)
    rows = [
        ["recordings that both answered", str(found["recordings"])],
        ["that only one answered", str(found["only_one_answered"])],
        ["largest difference of a probability", _number(found["probability_max_abs"])],
        ["median difference", _number(found["probability_median_abs"])],
        ["decisions changed", str(found["decisions_changed"])],
        ["AUROC, trained model in float32", estimate_text(found["auroc_float"], 3)],
        ["AUROC, int8 on the device", estimate_text(found["auroc_device"], 3)],
        ["device minus float", estimate_text(found["difference"], 3)],
    ]
    tables.append(html_table("On the test recordings, heard as files", ["", "value"], rows))
    return Section(title, (), (), tables)


def _number(value: float | None) -> str:
    return "not available: no recording" if value is None else f"{value:.4f}"
