"""How many times a heart has beaten since a series began: whole at a beat, linear between."""

from __future__ import annotations

import numpy as np

from fetal_hemo.recordings.public.source import RATE_HZ
from fetal_hemo.simulate.real_rhythm.series import BELIEVED_BPM, Series, believed_intervals

BEYOND_TURNS = 3  # the rhythm goes on for this long before and after the series


def turns(series: Series) -> tuple[np.ndarray, np.ndarray]:
    """Times in seconds and turns at these times, both `(knots,)` and ascending.

    Where the rhythm is lost it is bridged: a rate by a straight line from one side to the other,
    beats by a whole number of even intervals as long as those around. Whether a bridge is short
    enough to be used is for `stretch` to say.
    """
    return _of_rate(series.bpm()) if series.kind == "rate" else _of_beats(series.values)


def _of_rate(bpm: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each sample is the rate until the next, as a device holds it."""
    beyond = int(BEYOND_TURNS * RATE_HZ * 60.0 / BELIEVED_BPM[0]) + 1
    at = np.arange(-beyond, len(bpm) + beyond)
    known = np.flatnonzero(np.isfinite(bpm))
    filled = np.interp(at, known, bpm[known])
    times = np.append(at, at[-1] + 1) / RATE_HZ
    return times, np.concatenate([[0.0], np.cumsum(filled)]) / (60.0 * RATE_HZ)


def _of_beats(beats_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Beats at the ends of believed intervals are kept; those between are laid anew."""
    flags = believed_intervals(beats_s)
    ends = np.append(flags, False) | np.insert(flags, 0, False)
    kept = np.flatnonzero(ends)
    times = beats_s[kept] - beats_s[0]
    gap = np.diff(times)
    whole = (np.diff(kept) == 1) & flags[kept[:-1]]
    usual = np.interp(times[:-1] + gap / 2, (times[:-1] + gap / 2)[whole], gap[whole])
    steps = np.where(whole, 1.0, np.maximum(1.0, np.rint(gap / usual)))
    first, last = gap[whole][[0, -1]] * BEYOND_TURNS
    times = np.concatenate([[times[0] - first], times, [times[-1] + last]])
    steps = np.concatenate([[0.0, BEYOND_TURNS], steps, [BEYOND_TURNS]])
    return times, np.cumsum(steps)
