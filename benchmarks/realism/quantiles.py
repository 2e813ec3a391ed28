"""The quantiles in which every table here speaks."""

from __future__ import annotations

import numpy as np

SHARES = (0.05, 0.25, 0.50, 0.75, 0.95)


def quantiles(values: np.ndarray) -> dict[str, float]:
    """`q05` to `q95` of `(values,)` without the missing ones, rounded to four digits."""
    found = np.quantile(values[np.isfinite(values)], SHARES)
    names = [f"q{round(100 * share):02d}" for share in SHARES]
    return {name: rounded(value) for name, value in zip(names, found, strict=True)}


def share_within(values: np.ndarray, low: float, high: float) -> float:
    """Share of the values `(values,)` that are not missing and lie in the range, ends included."""
    found = values[np.isfinite(values)]
    return rounded(np.mean((found >= low) & (found <= high)))


def rounded(number: float | np.floating) -> float:
    """To four significant digits."""
    return float(f"{float(number):.4g}")
