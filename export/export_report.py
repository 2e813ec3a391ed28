"""What export measured, beside the run, whether or not there is a bundle."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from export.gate import gate_limits
from export.sensitivity_plot import sensitivity_plot
from fetal_hemo.report.page import Section, render_page
from fetal_hemo.report.table import html_table
from fetal_hemo.settings_export import Export
from firmware_bridge.store import write_atomically

JSON, HTML = "export.json", "export.html"


def write_export_report(run: Path, found: dict[str, Any], limits: Export) -> None:
    """`export.json` and `export.html` in the run folder. Raises `FetalHemoError` E-STORAGE.

    `found` holds `outcome`, `simulated`, `gate`, `by_method`, `by_layer`, `method`, `distilled`
    and `operators`; what could not be measured is null.
    """
    text = json.dumps(_plain(found), indent=1, allow_nan=False) + "\n"
    write_atomically(run / JSON, text.encode())
    whole = found["by_method"][found["method"]]
    sections = [
        Section("Outcome", [found["outcome"]], lead=True),
        Section("The gate", [GATE], (), [_gate_table(found["gate"], limits)]),
        Section(
            "Ranges of the int8 trunk",
            [f"Used: {found['method']}. Distilled: {'yes' if found['distilled'] else 'no'}."],
            [sensitivity_plot(found["by_layer"], whole)],
            [
                html_table(
                    "Error of the view embeddings by the rule that sets the ranges",
                    ["rule", "relative error"],
                    [[name, f"{100 * error:.3g} %"] for name, error in found["by_method"].items()],
                )
            ],
        ),
        Section("What is not int8", [], (), [_operator_table(found["operators"])]),
    ]
    render_page("Export", sections, run / HTML, found["simulated"])


GATE = (
    "Trained model, float graph, int8 graph and the device's own code on recordings of validation "
    "women. A pair of visits that are nearly tied counts smoothly in the loss of AUROC, because "
    "among few women one such pair would decide alone."
)


def _gate_table(gate: dict[str, Any], limits: Export) -> Any:
    judged = {name: (low, high) for name, low, high in gate_limits(limits)}
    rows = []
    for name, value in gate.items():
        low, high = judged.get(name, (-math.inf, math.inf))
        parts = [f"at least {low:g}"] * math.isfinite(low) + [f"at most {high:g}"] * math.isfinite(
            high
        )
        passed = "" if name not in judged else "yes" if _within(value, low, high) else "NO"
        rows.append([name.replace("_", " "), _shown(value), " and ".join(parts), passed])
    return html_table("Measured", ["", "value", "allowed", "passed"], rows)


def _operator_table(operators: dict[str, Any]) -> Any:
    names = sorted({*operators["int8"], *operators["float"]})
    rows = [[name, *(operators[kind].get(name, 0) for kind in ("int8", "float"))] for name in names]
    return html_table("Operators of window.onnx", ["operator", "on int8", "on float"], rows)


def _within(value: float | None, low: float, high: float) -> bool:
    return value is not None and low <= value <= high


def _shown(value: float | None) -> str:
    return "not available" if value is None or math.isnan(value) else f"{value:.4g}"


def _plain(value: Any) -> Any:
    """The same without numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
