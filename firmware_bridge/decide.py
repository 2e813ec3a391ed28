"""From the graphs' outputs to what is said: rates, usable windows, reasons, probability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from firmware_bridge.constants import BP_CLASSES, QUALITY_CLASSES
from firmware_bridge.rhythm import Rhythm
from firmware_bridge.rhythm.half_rate import is_half_the_rate
from firmware_bridge.rhythm.pulse_source import FETAL_BPM, may_be_maternal
from firmware_bridge.runtime import Outputs, WindowOutputs

CLIPPED = 0.02  # of a window's samples in flat runs: beyond this its envelope is distorted
SLOW_CONFIDENCE = 0.9  # of a rhythm that may be slow: a mother's, or a fetus in need
UNDISTURBED = np.array([n in ("good", "poor", "no_fetal_signal") for n in QUALITY_CLASSES])
QUALITY_REASONS = {
    "silent": "A-SILENT",
    "talking": "A-TALKING",
    "interference": "A-INTERFERENCE",
    "no_fetal_signal": "A-NO-FETAL-SIGNAL",
}
ABOVE, BELOW = "above threshold", "below threshold"

Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Rates:
    """The rate of each window, or why it has none; every array is `(windows,)`."""

    bpm: np.ndarray  # NaN where no fetal rate is given
    maternal: np.ndarray  # flags: a rhythm that may be the mother's
    halved: np.ndarray  # flags: a rhythm that may be twice as fast as was found
    fast: np.ndarray  # flags: the same of a clear one


@dataclass(frozen=True)
class WindowJudgement:
    """What is decided of each window; every array is `(windows,)`."""

    quality: np.ndarray  # index into QUALITY_CLASSES
    bpm: np.ndarray  # NaN where no fetal rate is given
    clear_bpm: np.ndarray  # the same, NaN too where quality is not good enough for variation
    maternal: np.ndarray  # flags: a rhythm that may be the mother's
    fast: np.ndarray  # flags: a rhythm twice as fast as can be told
    slow: np.ndarray  # flags: a clear rhythm below 110 bpm that is not given as fetal
    clipped: np.ndarray  # flags
    usable: np.ndarray  # flags: may count for the probability


def judge_windows(
    outputs: WindowOutputs, rhythm: Rhythm, clipped_share: np.ndarray, manifest: Manifest
) -> WindowJudgement:
    """Which windows have a heart rate and which are good enough for a probability."""
    quality = outputs.quality.argmax(axis=1)
    rates, decision = judge_rates(outputs, rhythm, manifest), manifest["decision"]
    told = np.isfinite(rates.bpm) | rates.halved
    slow = _is_heard(outputs, manifest) & ~told & _is_slow(rhythm, quality)
    clipped = (clipped_share > CLIPPED) | (quality == QUALITY_CLASSES.index("clipped"))
    good = _good_enough(manifest)[quality]
    usable = good & (outputs.dead_share <= decision["max_dead_share"]) & ~clipped
    usable &= ~rates.maternal & ~rates.fast
    return WindowJudgement(
        quality=quality,
        bpm=rates.bpm,
        clear_bpm=np.where(good, rates.bpm, np.nan),
        maternal=rates.maternal,
        fast=rates.fast,
        slow=slow,
        clipped=clipped,
        usable=usable,
    )


def judge_rates(outputs: Outputs, rhythm: Rhythm, manifest: Manifest) -> Rates:
    """Which windows have a heart rate that can be told as the fetus's."""
    needed = _needed_confidence(outputs.quality, manifest)
    has_rate = _is_heard(outputs, manifest) & (rhythm.confidence >= needed)
    halved = is_half_the_rate(outputs.autocorrelation, rhythm.bpm)
    fast = has_rate & halved
    pulse = np.where(has_rate & ~fast, rhythm.bpm, np.nan)
    maternal = may_be_maternal(pulse)
    return Rates(np.where(maternal, np.nan, pulse), maternal, halved, fast)


def _is_heard(outputs: Outputs, manifest: Manifest) -> np.ndarray:
    """Flags `(windows,)` of those that are not mostly digital silence."""
    return np.asarray(outputs.dead_share <= manifest["heart_rate"]["max_dead_share"])


def _is_slow(rhythm: Rhythm, quality: np.ndarray) -> np.ndarray:
    """Flags `(windows,)` of a clear rhythm below the fetal range, in sound without disturbance."""
    clear = rhythm.confidence >= SLOW_CONFIDENCE
    return np.asarray(UNDISTURBED[quality] & clear & (rhythm.bpm < FETAL_BPM))


def _needed_confidence(quality: np.ndarray, manifest: Manifest) -> np.ndarray:
    """Confidence `(windows,)` that a rate needs, from class probabilities `(windows, classes)`.

    A window counts as disturbed only if one disturbance is likelier than all the classes that are
    good enough together: good and poor share what is no disturbance between them.
    """
    needed = np.array([manifest["heart_rate"]["min_confidence"][n] for n in QUALITY_CLASSES])
    calm = _good_enough(manifest)
    undisturbed = np.where(calm, quality, 0.0)
    disturbed = np.where(calm, 0.0, quality).max(axis=1)
    calmer = undisturbed.sum(axis=1) >= disturbed
    return needed[np.where(calmer, undisturbed.argmax(axis=1), quality.argmax(axis=1))]


def _good_enough(manifest: Manifest) -> np.ndarray:
    """Flags `(classes,)` of the qualities that may count for a probability."""
    return np.array([n in manifest["decision"]["usable_quality"] for n in QUALITY_CLASSES])


def reasons_to_abstain(windows: WindowJudgement, manifest: Manifest) -> tuple[str, ...]:
    """Codes, the most telling first; none when a probability may be given.

    What most windows suffer from is a reason only while too few good ones are left, except
    clipping: beside clipped windows the others are hardly trustworthy.
    """
    reasons = []
    too_few = np.count_nonzero(windows.usable) < manifest["decision"]["min_usable_windows"]
    if too_few:
        counts = np.bincount(windows.quality, minlength=len(QUALITY_CLASSES))
        most = QUALITY_CLASSES[int(counts.argmax())]
        if counts.max() * 2 > counts.sum() and most in QUALITY_REASONS:
            reasons.append(QUALITY_REASONS[most])
    if windows.clipped.mean() > 0.5:
        reasons.append("A-CLIPPED")
    if too_few:
        reasons.append("A-LITTLE-SIGNAL")
    if np.isnan(windows.bpm).all():
        if windows.fast.any():
            reasons.append("A-FAST-RHYTHM")
        elif windows.maternal.any():
            reasons.append("A-MATERNAL-PULSE")
        else:
            reasons.append("A-NO-HEARTBEAT")
    return tuple(reasons)


def loudest_heart(channels: Sequence[WindowOutputs]) -> int:
    """Which channel's heart beat is heard best, the first on a tie."""
    heard = [
        float((outputs.heart_rate_confidence * (1.0 - outputs.dead_share)).mean())
        for outputs in channels
    ]
    return int(np.argmax(heard))


def best_span(usable: np.ndarray, max_windows: int) -> slice:
    """The `max_windows` neighbouring windows with the most usable ones, the earliest on a tie."""
    if len(usable) <= max_windows:
        return slice(0, len(usable))
    total = np.concatenate([[0], np.cumsum(usable)])
    start = int(np.argmax(total[max_windows:] - total[:-max_windows]))
    return slice(start, start + max_windows)


def calibrated_probability(logits: np.ndarray, manifest: Manifest) -> float:
    """Probability of a positive class at this visit: a logistic of the log odds of the classes."""
    positive = np.array([name in manifest["positive_classes"] for name in BP_CLASSES])
    logits = logits.astype(np.float64)
    log_odds = np.logaddexp.reduce(logits[positive]) - np.logaddexp.reduce(logits[~positive])
    calibration = manifest["calibration"]
    score = calibration["slope"] * log_odds + calibration["intercept"]
    return float(np.exp(-np.logaddexp(0.0, -score)))


def band(probability: float, manifest: Manifest) -> str:
    """`above threshold` or `below threshold`; the threshold itself is above."""
    return ABOVE if probability >= manifest["decision"]["threshold"] else BELOW
