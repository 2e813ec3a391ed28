"""How much silence the numbers of a wire may claim, so that a few bytes are not hours of it."""

from __future__ import annotations

MAX_GAP_S = 60.0  # a longer one is no gap: the probe was away, and its clock is not ours
LOST_TO_ARRIVED = 9  # samples, beyond the first minute of lost ones: a tenth has to arrive


class Allowance:
    """Counts what arrives against what is said to be lost; both in samples at `rate_hz`."""

    def __init__(self, rate_hz: int) -> None:
        self._longest = MAX_GAP_S * rate_hz
        self._arrived = self._lost = 0

    def arrived(self, samples: int) -> None:
        """So many more have come."""
        self._arrived += samples

    def takes(self, lost: int) -> bool:
        """Whether a gap of so many is believed; if it is, it is counted."""
        most = self._longest + LOST_TO_ARRIVED * self._arrived
        if lost > self._longest or self._lost + lost > most:
            return False
        self._lost += lost
        return True
