"""A result as a few lines for a person."""

from __future__ import annotations

from firmware_bridge.messages import ENGLISH, text
from firmware_bridge.printable import printable
from firmware_bridge.result import Abstained, Evidence, Refused, Result, Screened


def summary(name: str, result: Result, language: str = ENGLISH) -> str:
    """One to seven short lines; `name` is the file as the user typed it, made printable here."""
    name = printable(name)
    if isinstance(result, Refused):
        return f"{name}: {text('not screened', language, code=result.code)}"
    head = _answer(result, language)
    found = [_heart_rate(result.evidence, language), _windows(result.evidence, language)]
    lines = [*head, *found, result.to_json(language)["sentence"], result.evidence.notice]
    return "\n".join([f"{name}:", *(f"  {line}" for line in lines)])


def _answer(result: Screened | Abstained, language: str) -> list[str]:
    if isinstance(result, Abstained):
        return [text("no answer", language, reasons=", ".join(result.reasons))]
    values = {"probability": result.probability, "threshold": result.evidence.threshold}
    lines = [text("answer", language, band=text(result.band, language), **values)]
    worth = result.predictive_value
    if worth is not None:
        key = "ppv" if result.band == "above threshold" else "npv"
        shares = {"prevalence": 100 * worth.prevalence, "value": 100 * worth.value}
        lines.append(text(key, language, **shares))
    return lines


def _heart_rate(evidence: Evidence, language: str) -> str:
    rate = evidence.heart_rate
    if rate.mean_bpm is None:
        return text("no rate", language)
    said = text("rate", language, mean=rate.mean_bpm)
    variations = {
        "short term": rate.short_term_variation_ms,
        "long term": rate.long_term_variation_ms,
    }
    known = {key: value for key, value in variations.items() if value is not None}
    return said + "".join(text(key, language, value=value) for key, value in known.items())


def _windows(evidence: Evidence, language: str) -> str:
    model = evidence.model
    return text(
        "windows",
        language,
        usable=sum(window.usable for window in evidence.windows),
        all=len(evidence.windows),
        name=model.name,
        version=model.version,
        data=text("simulated" if model.simulated else "recorded", language),
    )
