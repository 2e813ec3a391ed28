"""Training stops where numbers end."""

from __future__ import annotations

import math
from collections.abc import Mapping

from fetal_hemo.errors import FetalHemoError


def require_finite(losses: Mapping[str, float]) -> None:
    """Raise E-DIVERGED, naming the losses that are NaN or infinite, if any is."""
    lost = [name for name, value in losses.items() if not math.isfinite(value)]
    if lost:
        what = f"no finite number any more: {', '.join(lost)}"
        fix = "lower the learning rate or raise the temperature, and start a new run"
        raise FetalHemoError("E-DIVERGED", what, fix=fix)
