"""When has enough been heard? By a rule that is fixed beforehand, whichever way the answer goes."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from firmware_bridge.constants import WINDOW_S
from firmware_bridge.result import Abstained, Screened

GOOD_S = 60.0  # of good signal at least; a bundle may ask for more
STEADY_WINDOWS = 8  # half a minute ...
STEADY_RANGE = 0.05  # ... in which the probability moves by less, on one side of the threshold


@dataclass(frozen=True)
class Limits:
    """When to stop at the latest."""

    longest_s: float = 600.0  # of sound
    until_steady: bool = True  # sooner, when the answer has become steady
    patience_s: float = 10.0  # without sound
    untold: bool = False  # go on when events cannot be told: the result is kept elsewhere


def good_signal_s(so_far: Screened | Abstained) -> float:
    """Seconds of windows that are good enough for a probability."""
    return WINDOW_S * sum(window.usable for window in so_far.evidence.windows)


class Enough:
    """Takes what would be said after every window, and knows when that has become steady."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self._needed_s = max(GOOD_S, WINDOW_S * manifest["decision"]["min_usable_windows"])
        self._latest: deque[Screened | Abstained] = deque(maxlen=STEADY_WINDOWS)
        self.good_s = 0.0
        self.missing_s = self._needed_s  # of good signal

    def add(self, so_far: Screened | Abstained) -> None:
        """Take what would be said if the stream ended here."""
        self._latest.append(so_far)
        self.good_s = good_signal_s(so_far)
        self.missing_s = max(0.0, self._needed_s - self.good_s)

    @property
    def steady(self) -> bool:
        """Enough good signal, and the last half minute did not change the answer."""
        if self.missing_s > 0 or len(self._latest) < STEADY_WINDOWS:
            return False
        screened = [one for one in self._latest if isinstance(one, Screened)]
        if len(screened) < STEADY_WINDOWS or len({one.band for one in screened}) > 1:
            return False
        values = [one.probability for one in screened]
        return max(values) - min(values) < STEADY_RANGE
