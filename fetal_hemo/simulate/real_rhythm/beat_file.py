"""Beat times on disk: one `.npy` of seconds, ascending."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.formats.refusal import refusing
from fetal_hemo.simulate.real_rhythm.series import BELIEVED_BPM

LARGEST_BYTES = 16 * 2**20  # days of beats
LEAST_BEATS = 16


def read_beats(path: Path) -> np.ndarray:
    """Times `(beats,)` float64 in seconds, from the first beat on.

    Raises E-UNREADABLE, E-TOO-BIG, E-TRUNCATED, E-DAMAGED, E-NOT-FINITE or E-NO-SIGNAL.
    """
    where = str(path)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise FetalHemoError("E-TOO-BIG", "larger than 16 MiB", where)
        content = path.read_bytes()
    except OSError as error:
        raise FetalHemoError("E-UNREADABLE", f"cannot be read ({error.strerror})", where) from None
    with refusing("npy", where):
        beats_s = np.load(io.BytesIO(content), allow_pickle=False)
    if not isinstance(beats_s, np.ndarray) or beats_s.ndim != 1 or beats_s.dtype.kind != "f":
        fix = "write one array of beat times in seconds, as float64"
        raise FetalHemoError("E-DAMAGED", "not one series of floats", where, fix)
    return _from_first(beats_s.astype(np.float64), where)


def _from_first(beats_s: np.ndarray, where: str) -> np.ndarray:
    if not np.isfinite(beats_s).all():
        raise FetalHemoError("E-NOT-FINITE", "a beat has no time", where, "leave it out")
    intervals = np.diff(beats_s)
    if len(beats_s) < LEAST_BEATS or (intervals <= 0).any():
        what = f"fewer than {LEAST_BEATS} beats, or not in their order"
        raise FetalHemoError("E-NO-SIGNAL", what, where, "sort the times")
    slowest, fastest = BELIEVED_BPM
    if not slowest <= 60.0 / float(np.median(intervals)) <= fastest:
        what = f"no fetal beats: the median rate is outside {slowest:g} to {fastest:g} bpm"
        raise FetalHemoError("E-NO-SIGNAL", what, where, "give times in seconds")
    return beats_s - beats_s[0]
