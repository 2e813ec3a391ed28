"""The sentences a person reads. They rank who needs a cuff reading; none of them diagnoses."""

from __future__ import annotations

from firmware_bridge.errors import CATALOGUE

ABOVE_THRESHOLD = (
    "Above the threshold: take a (repeat) cuff reading first. "
    "This ranks who needs one; it is not a diagnosis."
)
BELOW_THRESHOLD = (
    "Below the threshold: this does not rule out raised blood pressure; "
    "keep to the usual cuff readings."
)


def abstained(reasons: tuple[str, ...]) -> str:
    """Why there is no probability, and what to do."""
    meaning = CATALOGUE[reasons[0]].meaning
    stop = "" if meaning.endswith("?") else "."
    return f"No probability is given: {meaning}{stop} Record again, or take a cuff reading."


def refused(what: str, fix: str) -> str:
    """Why a recording was not screened at all, and what to do."""
    return f"Not screened: {what}." + (f" To do: {fix}." if fix else "")
