"""A result in plain words: what was found, how sure it is, and what it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fetal_hemo.report.limits_words import Limits
from fetal_hemo.report.recording_rows import quality_name
from fetal_hemo.report.stretches import clock
from firmware_bridge.errors import CATALOGUE

Facts = list[tuple[str, str]]
NOT_A_DIAGNOSIS = "This is not a diagnosis."
SIMULATED_MODEL = (
    "The model learned from simulated women: its probability says nothing about a woman."
)


def title(result: Mapping[str, Any]) -> str:
    """A heading that names the recording by its bytes alone."""
    recording = result["recording"]
    if recording is None:
        return "A recording that was not screened"
    return f"Fetal Doppler recording {recording['sha256'][:12]}"


def lead(result: Mapping[str, Any]) -> list[str]:
    """What to know first, in one to three sentences."""
    given = result["probability"] is not None
    warning = [SIMULATED_MODEL] if given and result["model"]["simulated"] else []
    said = "not a diagnosis" in result["sentence"]
    return [f"{result['sentence']} {'' if said else NOT_A_DIAGNOSIS}".strip(), *warning]


def facts(result: Mapping[str, Any], limits: Limits) -> Facts:
    """Label and text of everything that is known; what is not known is left out.

    `limits`: systolic and diastolic mmHg from which the model calls a visit raised.
    """
    found = [*_outcome(result, limits)]
    if result["recording"] is not None:
        found += [*_heart(result["heart_rate"]), *_signal(result), *_recording(result["recording"])]
    if result["model"] is not None:
        model = result["model"]
        data = "simulated" if model["simulated"] else "recorded"
        text = (
            f"{model['name']} {model['version']} ({model['sha256'][:12]}), trained on {data} data"
        )
        found.append(("Model", text))
    return [*found, ("Notice", result["notice"])]


def _outcome(result: Mapping[str, Any], limits: Limits) -> Facts:
    found = [("Outcome", result["outcome"])]
    if result["probability"] is not None:
        share, threshold = result["probability"], result["threshold"]
        visits = "simulated visits" if result["model"]["simulated"] else "visits"
        found += [
            ("Probability", f"{share:.2f}, {result['band']} (threshold {threshold:.2f})"),
            (
                "What it means",
                f"of 100 {visits} with such a recording the model expects {100 * share:.0f} with "
                f"a reading of at least {limits[0]:g} or at least {limits[1]:g} mmHg",
            ),
        ]
    for code in result["reasons"]:
        found.append(("Why not", f"{CATALOGUE[code].meaning} ({code})"))
    return found


def _heart(heart: Mapping[str, Any]) -> Facts:
    mean = heart["mean_bpm"]
    found = [("Heart rate", "not found" if mean is None else f"mean {mean:.0f} bpm")]
    if heart.get("baseline_bpm") is not None:
        found[0] = ("Heart rate", f"{found[0][1]}, baseline {heart['baseline_bpm']:.0f} bpm")
    terms = (("short", "short_term_variation_ms"), ("long", "long_term_variation_ms"))
    known = [(name, heart[key]) for name, key in terms if heart[key] is not None]
    if known:
        text = ", ".join(f"{name}-term {value:.1f} ms" for name, value in known)
        found.append(("Variation", text))
    kinds = [kind for kind in ("accelerations", "decelerations") if heart.get(kind) is not None]
    if kinds and mean is not None:
        found.append(("Events", ", ".join(f"{kind}: {len(heart[kind])}" for kind in kinds)))
    if heart.get("signal_loss_share") is not None:
        found.append(("Signal loss", f"{100 * heart['signal_loss_share']:.0f} % of the time"))
    return found


def _signal(result: Mapping[str, Any]) -> Facts:
    windows = result["windows"]
    usable = sum(window["usable"] for window in windows)
    rated = sum(window["heart_rate_bpm"] is not None for window in windows)
    counts = Counter(window["quality"] for window in windows).most_common()
    classes = ", ".join(f"{quality_name(name)} {count}" for name, count in counts)
    return [
        (
            "Signal",
            f"{usable} of {len(windows)} windows good enough, {rated} with a heart rate",
        ),
        ("Windows", classes),
    ]


def _recording(recording: Mapping[str, Any]) -> Facts:
    seconds = recording["duration_s"]
    lasts = f"{seconds:.1f} s" if seconds < 60 else f"{clock(round(seconds))} min"
    text = f"{lasts}, sampled at {recording['sample_rate_hz']:,} Hz"
    if recording["channels"] > 1:
        text += f", channel {recording['channel'] + 1} of {recording['channels']}"
    return [("Recording", text)]
