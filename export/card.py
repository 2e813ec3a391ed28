"""The model card that travels inside the bundle."""

from __future__ import annotations

from typing import Any

SIMULATED = "simulation-trained, not for clinical use"
RESEARCH = "research instrument, not for clinical use"


def notice(simulated: bool) -> str:
    """What every result of the bundle says of it."""
    return SIMULATED if simulated else RESEARCH


def model_card(manifest: dict[str, Any]) -> bytes:
    """Markdown for a person who wonders whether to use the model (Mitchell 2019)."""
    data, decision = manifest["training_data"], manifest["decision"]
    gate, operators = manifest["quantisation"]["gate"], manifest["quantisation"]["operators"]
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
        *(f"- {name.replace('_', ' ')}: {value}" for name, value in data.items()),
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
    ]
    return "\n".join(lines).encode()


def _counts(operators: dict[str, int]) -> str:
    return ", ".join(f"{name} x{count}" for name, count in operators.items())
