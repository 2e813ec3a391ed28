"""One number with its interval, or the reason why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Estimate:
    """A value and its interval, of 95 % unless its maker says otherwise.

    A part that could not be computed is None and has a reason.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        for number in (self.value, self.low, self.high):
            if number is not None and not math.isfinite(number):
                raise ValueError(f"an estimate holds {number}; give None and a reason")
        if None in (self.value, self.low, self.high) and not self.reason:
            raise ValueError("an estimate without a value or an interval needs a reason")

    def to_json(self) -> dict[str, Any]:
        """`value`, `low`, `high` and `reason`, ready for `json.dumps`."""
        return {"value": self.value, "low": self.low, "high": self.high, "reason": self.reason}

    @property
    def interval(self) -> tuple[float, float, float] | None:
        """Value, low and high, or None when one of them is missing."""
        if self.value is None or self.low is None or self.high is None:
            return None
        return self.value, self.low, self.high

    def covers(self, number: float) -> bool:
        """Whether the interval holds `number`; without an interval nothing is excluded."""
        limits = self.interval
        return limits is None or limits[1] <= number <= limits[2]


def missing(reason: str) -> Estimate:
    """An `Estimate` without a value, for this reason."""
    return Estimate(None, None, None, reason)
