"""Every row of the kept comparison as Markdown: `docs/hypertension.md`.

    python -m benchmarks.hypertension_page > docs/hypertension.md

A test holds the page to the kept results.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.ablation.rows import ROWS
from benchmarks.ablation.table import ORACLES
from benchmarks.hypertension import RESULTS

Row = Mapping[str, Any]
Columns = Mapping[str, Callable[[Row], str]]

INTRO = """# Every row of the comparison

Made by `python -m benchmarks.hypertension_page` from `benchmarks/results/hypertension.json`; what
it means is said in [evaluation.md](evaluation.md). All women are *simulated*, and all intervals are
of women (95 % unless said). A name is what `python -m benchmarks.hypertension --rows NAME` runs.
"""


def page(results: Row) -> str:
    """Markdown of all tables of the kept results."""
    effects = results["table"]
    usual = effects["effect_1"]
    missing = [name for name in ROWS if name not in usual]
    parts = [
        INTRO,
        _table(f"Effect 1, seed 0: {len(ROWS) - len(missing)} of {len(ROWS)} rows", usual, AUROCS),
        *([f"Not run yet: {', '.join(f'`{name}`' for name in missing)}.\n"] if missing else []),
        _table("The same: classes, calibration, what else the embedding knows", usual, OTHERS),
        _table(
            "Without any effect: an interval of 99 % should hold 0.5",
            effects.get("effect_0", {}),
            NULL,
        ),
    ]
    return "\n".join(parts)


def _table(title: str, rows: Mapping[str, Row], columns: Columns) -> str:
    """A heading, and the rows in the order in which their words refer to each other."""
    ordered = [(name, rows[name]) for name in (*ORACLES, *ROWS) if name in rows]
    lines = [f"| row | {' | '.join(columns)} |", "|---" * (1 + len(columns)) + "|"]
    for name, row in ordered:
        lines.append(f"| `{name}` | {' | '.join(column(row) for column in columns.values())} |")
    return f"## {title}\n\n" + "\n".join(lines) + "\n"


def _interval(name: str, signed: bool = False) -> Callable[[Row], str]:
    form = "+.3f" if signed else ".3f"

    def text(row: Row) -> str:
        found = row.get(name)
        if not found:
            return ""
        if found["low"] is None:
            return f"{found['value']:{form}}"
        return f"{found['value']:{form}} ({found['low']:{form}} to {found['high']:{form}})"

    return text


def _number(name: str, form: str) -> Callable[[Row], str]:
    return lambda row: "" if row.get(name) is None else f"{row[name]:{form}}"


def _beside_chance(name: str) -> Callable[[Row], str]:
    def text(row: Row) -> str:
        if name not in row:
            return ""
        return f"{row[name]:.0%} ({row[f'{name}_by_chance']:.0%})"

    return text


def _worst_views(row: Row) -> str:
    found = row.get("worst_subset_auroc")
    return f"{found['value']:.3f} ({found['views'].replace('_', ' ')})" if found else ""


def _recalls(row: Row) -> str:
    return ", ".join(f"{recall:.2f}" for recall in row.get("recall_by_class", {}).values())


def _seeds(row: Row) -> str:
    return ", ".join(f"{value:.3f}" for value in row.get("auroc_by_seed", [])[1:])


AUROCS: Columns = {
    "what it is": lambda row: row["meaning"],
    "AUROC": _interval("auroc"),
    "ours minus it": _interval("ours_minus_this", signed=True),
    "it minus three questions": _interval("this_minus_history", signed=True),
    "share of the oracle's headroom": _number("share_of_headroom", ".2f"),
    "other seeds": _seeds,
}
OTHERS: Columns = {
    "balanced accuracy": _number("balanced_accuracy", ".3f"),
    "recall of the worst class": _number("worst_class_recall", ".3f"),
    "of the four classes": _recalls,
    "worst if quarters of the score were classes": _number("worst_recall_of_quarters", ".3f"),
    "calibration slope": _interval("calibration_slope"),
    "woman found again (by chance)": _beside_chance("reidentification"),
    "device told (by chance)": _beside_chance("device_probe"),
    "AUROC of the worst views": _worst_views,
    "processor seconds": _number("seconds", ",.0f"),
    "parameters": _number("parameters", ",d"),
}
NULL: Columns = {
    "AUROC": _interval("auroc"),
    "99 %": _interval("auroc_99"),
    "it minus three questions": _interval("this_minus_history", signed=True),
}


if __name__ == "__main__":
    sys.stdout.write(page(json.loads(RESULTS.read_text(encoding="utf-8"))))
