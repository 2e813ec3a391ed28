"""Simulated windows against the range that the real good clips span."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.realism.quantiles import quantiles, rounded, share_within
from benchmarks.realism.real_sound import (
    GOOD_CLIPS,
    OTHER_CLIPS,
    PUBLISHED_GOOD,
    clip,
    long_recording,
)
from benchmarks.realism.simulated import SimulatedWindows
from benchmarks.realism.sound_measures import sound_measures

WIDENED = 0.20  # of the range's width, half of it at each end
# The long recording is of a CTG device at 1 kHz: another carrier, another band. Its spectrum is
# shown beside the others and spans no range; its envelope does.
LONG_SPANS = ("envelope_depth_db", "envelope_autocorrelation", "beat_peak_variation")
CLIPS_MHZ = 3.3
Row = dict[str, Any]
Measured = dict[str, np.ndarray]


def sound_table(simulated: SimulatedWindows, data: Path | None) -> dict[str, Any]:
    """A row a measure for good windows, and a table of every other class against its clip.

    The clips were recorded at 3.3 MHz, so units of that carrier have a table of their own.
    """
    chosen = simulated.of_quality("good")
    good = sound_measures(simulated.windows[chosen])
    alike = np.isclose(simulated.carrier_mhz[chosen], CLIPS_MHZ)
    good_alike = {name: values[alike] for name, values in good.items()}
    real = None if data is None else (_real_good(data), sound_measures(long_recording(data)))
    return {
        "windows_good": int(chosen.sum()),
        "windows_good_at_3.3_mhz": int(alike.sum()),
        "recordings": len(np.unique(simulated.woman)),
        "real": "not there" if data is None else "4 good clips (2 as published), 1 long recording",
        "good": _rows(good, real),
        "good_at_3.3_mhz": _rows(good_alike, real) if alike.any() else {},
        "other_classes_no_verdict": _others(simulated, data),
    }


def _real_good(data: Path) -> dict[str, list[float]]:
    """Each measure's values on the clips that are here, then on those that are published."""
    measured = [sound_measures(clip(data, name)) for name in GOOD_CLIPS]
    return {
        name: [float(one[name][0]) for one in measured] + list(published)
        for name, published in PUBLISHED_GOOD.items()
    }


def _rows(good: Measured, real: tuple[dict[str, list[float]], Measured] | None) -> dict[str, Row]:
    if real is None:
        return {name: _simulated(values) for name, values in good.items()}
    clips, long = real
    return {name: _verdict(good[name], clips[name], long[name], name) for name in good}


def _verdict(values: np.ndarray, clips: list[float], long: np.ndarray, name: str) -> Row:
    spanning = [*clips, float(np.median(long))] if name in LONG_SPANS else clips
    low, high = min(spanning), max(spanning)
    more = 0.5 * WIDENED * (high - low)
    low_widened, high_widened = max(0.0, low - more), high + more
    return {
        "real_clips": [rounded(value) for value in clips],
        "real_long_recording": quantiles(long),
        "real_low": rounded(low),
        "real_high": rounded(high),
        "allowed": [rounded(low_widened), rounded(high_widened)],
        **_simulated(values),
        "median_inside": bool(low_widened <= np.median(values) <= high_widened),
        "share_inside": share_within(values, low_widened, high_widened),
    }


def _simulated(values: np.ndarray) -> Row:
    return {"simulated": quantiles(values)}


def _others(simulated: SimulatedWindows, data: Path | None) -> dict[str, dict[str, Row]]:
    tables = {}
    for name, file in OTHER_CLIPS.items():
        windows = simulated.windows[simulated.of_quality(name)]
        windows = windows[np.ptp(windows, axis=1) > 0]  # nothing can be measured in zeros
        if not len(windows):
            continue
        measured = sound_measures(windows)
        rows = {key: _simulated(values) for key, values in measured.items()}
        if data is not None:
            for key, value in sound_measures(clip(data, file)).items():
                rows[key]["real_clip"] = rounded(value[0])
        tables[name] = rows
    return tables
