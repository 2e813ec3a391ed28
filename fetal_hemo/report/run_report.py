"""The report of a pretraining or fine-tuning run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.report.diagnosis_plot import diagnosis_plot
from fetal_hemo.report.page import Section, render_page
from fetal_hemo.report.table import html_table
from fetal_hemo.report.training_plot import series_names, training_plot

REPORT = "report.html"
NOTE = (
    "A falling loss says that training worked, not that the model is useful: only the study on "
    "women it never saw can say that."
)


def write_run_report(run_dir: Path, facts: dict[str, Any]) -> Path:
    """Path of the `report.html` written into a run folder.

    It is made from `facts`, the content of run.json, and from metrics.json and
    recipe.resolved.toml. Raises `FetalHemoError` E-RUN for a missing or broken one, and
    E-STORAGE.
    """
    metrics = _json(run_dir / "metrics.json")
    recipe = _text(run_dir / "recipe.resolved.toml")
    epochs = metrics.get("epochs", [])
    rest = {name: value for name, value in metrics.items() if name != "epochs"}
    pictures = [training_plot(epochs), diagnosis_plot(epochs)]
    sections = [
        Section("Training", [NOTE], pictures, _epoch_table(epochs)),
        Section("Results", (), (), [_pairs("Numbers of this run", rest)]),
        Section("Provenance", (), (), [_pairs("What was run, with what, when", facts)]),
        Section("Recipe", listing=recipe),
    ]
    title = f"{str(facts.get('stage', 'training')).capitalize()} run"
    out = run_dir / REPORT
    render_page(title, sections, out, bool(facts.get("simulated", False)))
    return out


def _epoch_table(epochs: list[dict[str, Any]]) -> list[Markup]:
    if not epochs:
        return []
    names = series_names(epochs)
    rows = [
        [row.get("epoch", place), *(_shown(row.get(name, "")) for name in names)]
        for place, row in enumerate(epochs, start=1)
    ]
    return [html_table("By epoch", ["epoch", *(n.replace("_", " ") for n in names)], rows)]


def _pairs(caption: str, values: dict[str, Any]) -> Markup:
    rows = [[name, _shown(value)] for name, value in _flat(values, "")]
    return html_table(caption, ["", "value"], rows)


def _flat(values: dict[str, Any], at: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        path = f"{at}{name}".replace("_", " ")
        found += _flat(value, f"{path}: ") if isinstance(value, dict) else [(path, value)]
    return found


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return json.dumps(value) if isinstance(value, list) else str(value)


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(_text(path))
    except ValueError:
        raise FetalHemoError("E-RUN", "is not JSON", str(path)) from None
    if not isinstance(content, dict):
        raise FetalHemoError("E-RUN", "does not hold an object", str(path))
    return content


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        fix = "is it a run folder?"
        raise FetalHemoError("E-RUN", "cannot be read", str(path), fix) from None
