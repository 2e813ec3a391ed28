"""The model card that travels inside the bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.report.study_card import model_card as study_card
from fetal_hemo.training.model_file import model_identity
from fetal_hemo.training.run_folder import finished_run
from fetal_hemo.training.study_folder import study_metrics
from firmware_bridge.manifest import raised_from_mmhg

SIMULATED = "simulation-trained, not for clinical use"
RESEARCH = "research instrument, not for clinical use"


def notice(simulated: bool) -> str:
    """What every result of the bundle says of it."""
    return SIMULATED if simulated else RESEARCH


def evaluation(study: Path, run: Path) -> str:
    """The part of the card that a study of the run fills. Raises E-RUN for one of another model."""
    facts = finished_run(study, ["evaluate"])
    if facts.get("model") != model_identity(run):
        what = "is no study of this run"
        raise FetalHemoError("E-RUN", what, str(study), "evaluate the run, then export it")
    return study_card(study_metrics(study))


def model_card(manifest: dict[str, Any], evaluated: str = "") -> bytes:
    """Markdown for a person who wonders whether to use the model (Mitchell 2019).

    `evaluated` is what a study says of it; without one the card says that there is none.
    """
    data, decision = manifest["training_data"], manifest["decision"]
    gate, operators = manifest["quantisation"]["gate"], manifest["quantisation"]["operators"]
    systolic, diastolic = raised_from_mmhg(manifest)
    floats = _counts(operators["float"])
    recording = manifest["quantisation"].get("recording_operators", {"float": {}})["float"]
    lines = [
        f"# {manifest['name']} {manifest['version']}",
        "",
        f"**{manifest['notice'].capitalize()}.** It ranks who needs a (repeat) cuff reading;",
        "it never diagnoses. The label it learned is elevated blood pressure at one visit.",
        "",
        "## What it is",
        "Multi-view hierarchical attention network with prototype-based contrastive pretraining,",
        "a reconstruction of AutoHyPE (2026) from its abstract and lineage.",
        "Input: 1D fetal Doppler sound at 4 kHz, in windows of 3.75 s.",
        "",
        "## Data statement",
        *(f"- {name.replace('_', ' ')}: {_told(value)}" for name, value in data.items()),
        f"- classes: {', '.join(manifest['bp_classes'])}; positive: "
        f"{', '.join(manifest['positive_classes'])} "
        f"({systolic:g} mmHg systolic or {diastolic:g} mmHg",
        "  diastolic or more, one cuff reading)",
        "",
        "## When it gives no probability",
        f"- fewer than {decision['min_usable_windows']} usable windows of 3.75 s "
        f"({', '.join(decision['usable_quality'])})",
        "",
        "## Operating point",
        f"- threshold {decision['threshold']:.4f} on the probability, set on validation women",
        f"  at specificity {decision['specificity_at_threshold']:.2f}",
        f"- probability calibrated on: {manifest['calibration']['population']}",
        "",
        "## Agreement of the exported model with the trained one",
        *(f"- {name.replace('_', ' ')}: {value:.3g}" for name, value in gate.items()),
        "",
        "## What is not int8",
        f"The front end, attention and heads of window.onnx stay float: {floats}.",
        f"recording.onnx is float throughout: {_counts(recording)}.",
        "Weights of attention and heads are stored as float16 and computed with as float32.",
        "",
        "## Limits",
        "No public recordings pair fetal Doppler with maternal blood pressure: nothing here shows",
        "that hypertension can be heard. Performance on your women is unknown until measured.",
        "",
        evaluated or "# Evaluation\nNot available: exported without a study (export --study).",
        "",
    ]
    return "\n".join(lines).encode()


def _told(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _counts(operators: dict[str, int]) -> str:
    return ", ".join(f"{name} x{count}" for name, count in operators.items())
