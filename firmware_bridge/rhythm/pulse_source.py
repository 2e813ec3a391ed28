"""Whose pulse is it? A slow rhythm that never joins a fetal rate may be the mother's.

A mother's pulse is 87 +- 12 bpm at term (lineage, section 4.7) and a probe over her vessels hears
it well. A fetal deceleration starts from, or returns to, a fetal rate; a rhythm that stays below
110 bpm (FIGO 2015: bradycardia) without doing so is not given as fetal. If it is fetal, it is
an emergency that a hand on the mother's pulse tells at once: that is what the reason asks for.
"""

from __future__ import annotations

import numpy as np

from firmware_bridge.rhythm.median import median

FETAL_BPM = 110.0
JOIN_LOG = 0.15  # rates of neighbouring windows that belong to one rhythm
JOIN_WINDOWS = 4  # across this many windows without a rate


def may_be_maternal(bpm: np.ndarray) -> np.ndarray:
    """Flags `(windows,)`: in a stretch of one rhythm whose median is below 110 bpm.

    `bpm` is `(windows,)` with NaN where there is no rate.
    """
    flags = np.zeros(len(bpm), dtype=bool)
    for stretch in _stretches(bpm):
        flags[stretch] = median(bpm[stretch]) < FETAL_BPM
    return flags


def _stretches(bpm: np.ndarray) -> list[np.ndarray]:
    """Indices of windows with a rate, cut where the rhythm breaks off."""
    known = np.flatnonzero(np.isfinite(bpm))
    if not len(known):
        return []
    far = np.diff(known) > JOIN_WINDOWS + 1
    jumps = np.abs(np.diff(np.log(bpm[known]))) > JOIN_LOG
    return np.split(known, np.flatnonzero(far | jumps) + 1)
