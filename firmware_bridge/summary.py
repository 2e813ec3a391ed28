"""A result as a few lines for a person."""

from __future__ import annotations

from firmware_bridge.result import Evidence, Refused, Result, Screened


def summary(name: str, result: Result) -> str:
    """Two to five short lines; `name` is the file as the user typed it."""
    if isinstance(result, Refused):
        return f"{name}: not screened ({result.code})"
    sentence = result.to_json()["sentence"]
    if isinstance(result, Screened):
        threshold = f"{result.evidence.threshold:.3f}"
        head = f"{result.band}: probability {result.probability:.3f} (threshold {threshold})"
    else:
        head = f"no probability ({', '.join(result.reasons)})"
    lines = [head, _heart_rate(result.evidence), _windows(result.evidence), sentence]
    return "\n".join([f"{name}:", *(f"  {line}" for line in lines), f"  {result.evidence.notice}"])


def _heart_rate(evidence: Evidence) -> str:
    rate = evidence.heart_rate
    if rate.mean_bpm is None:
        return "heart rate: not found"
    text = f"heart rate: {rate.mean_bpm:.0f} bpm"
    if rate.short_term_variation_ms is not None:
        text += f", short-term variation {rate.short_term_variation_ms:.1f} ms"
    if rate.long_term_variation_ms is not None:
        text += f", long-term variation {rate.long_term_variation_ms:.1f} ms"
    return text


def _windows(evidence: Evidence) -> str:
    usable = sum(window.usable for window in evidence.windows)
    data = "simulated" if evidence.model.simulated else "recorded"
    model = f"model {evidence.model.name} {evidence.model.version}, trained on {data} data"
    return f"windows: {usable} of {len(evidence.windows)} usable; {model}"
