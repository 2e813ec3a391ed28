"""Which channel of a recording holds the heart: the device's own choice."""

from __future__ import annotations

from functools import cache

import numpy as np

from firmware_bridge.screen import Screener


def best_channel(minute: np.ndarray) -> int:
    """The channel of `(channels, time)` whose heart beat the shipped model hears best.

    Raises E-BUNDLE codes when the shipped model is not right.
    """
    return _screener().best_channel(minute)


@cache
def _screener() -> Screener:
    """Once a process, and only if a recording has several channels."""
    return Screener.load()
