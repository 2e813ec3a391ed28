"""The pressures from which a visit counts as raised, in words."""

from __future__ import annotations

from typing import Any

Limits = tuple[float, float]
BEFORE = (140.0, 90.0)  # of metrics from before they told their limits


def limits_of(metrics: dict[str, Any]) -> Limits:
    """Systolic and diastolic mmHg from which a label of the study is 1."""
    systolic, diastolic = metrics.get("limits", BEFORE)
    return systolic, diastolic


def slashed(limits: Limits) -> str:
    """`140/90`."""
    return f"{limits[0]:g}/{limits[1]:g}"


def at_or_above(limits: Limits) -> str:
    """`at 140/90 or more`."""
    return f"at {slashed(limits)} or more"


def below(limits: Limits) -> str:
    """`below 140/90`."""
    return f"below {slashed(limits)}"
