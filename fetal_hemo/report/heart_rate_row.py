"""The heart-rate row: rates as dark as they are certain, and what was found in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.report.figure import BLUE, GREEN, GREY, ORANGE
from fetal_hemo.report.recording_rows import Windows

USUAL_BPM = (110, 160)  # normal baseline of the fetal heart rate (FIGO 2015)
FAINTEST = 0.15
DOT_AREAS = ((40, 30), (320, 11))  # up to so many windows: points squared
SMALLEST_DOT = 4
EVENTS = {"accelerations": (GREEN, "^"), "decelerations": (ORANGE, "v")}
EVENT_TEXTS = {"accelerations": "green: acceleration", "decelerations": "orange: deceleration"}


def draw_heart_rate(axes: Axes, windows: Windows, found: Mapping[str, Any]) -> None:
    """The windows' rates; `found` is `heart_rate` of a result, drawn as far as it goes."""
    known = [window for window in windows if window["heart_rate_bpm"] is not None]
    rates = [float(window["heart_rate_bpm"]) for window in known]
    low, high = min([100, *(r - 5 for r in rates)]), max([180, *(r + 5 for r in rates)])
    axes.axhspan(*USUAL_BPM, color="#EDEDED", linewidth=0)
    _note(axes, USUAL_BPM[0] + 2, "110-160 bpm: normal baseline")
    for kind, (colour, marker) in EVENTS.items():
        _events(axes, found.get(kind) or (), colour, marker, (low, high))
    if found.get("baseline_bpm") is not None:
        axes.axhline(found["baseline_bpm"], color=GREY, linewidth=0.8, linestyle=(0, (5, 3)))
    middle = [window["start_s"] + WINDOW_S / 2 for window in windows]
    line = [np.nan if w["heart_rate_bpm"] is None else w["heart_rate_bpm"] for w in windows]
    axes.plot(middle, line, color=BLUE, linewidth=0.5, alpha=0.35)
    if known:
        certain = [_shade(window["confidence"]) for window in known]
        at = [window["start_s"] + WINDOW_S / 2 for window in known]
        sizes = (area for most, area in DOT_AREAS if len(windows) <= most)
        size = next(sizes, SMALLEST_DOT)
        axes.scatter(at, rates, s=size, c=certain, linewidths=0, zorder=3)
    else:
        text, inside = "no heart rate was found", axes.transAxes
        axes.text(0.5, 0.5, text, ha="center", va="center", color=GREY, transform=inside)
    axes.set(ylabel="heart rate\n(bpm)", ylim=(low, high))


def _shade(confidence: float) -> tuple[float, float, float, float]:
    """Blue, as opaque as the rate is certain. Rounded, so that few colours make a small file."""
    return to_rgba(BLUE, max(FAINTEST, round(float(confidence), 1)))


def _events(
    axes: Axes,
    events: Sequence[Mapping[str, float]],
    colour: str,
    marker: str,
    limits: tuple[float, float],
) -> None:
    """A tinted span for each, with its triangle at the edge to which the rate moves."""
    edge = 0.95 if marker == "^" else 0.05
    at = limits[0] + edge * (limits[1] - limits[0])
    for event in events:
        axes.axvspan(event["start_s"], event["end_s"], color=colour, alpha=0.18, linewidth=0)
        middle = (event["start_s"] + event["end_s"]) / 2
        axes.plot([middle], [at], marker=marker, color=colour, markersize=4.5)


def _note(axes: Axes, bpm: float, text: str) -> None:
    where = axes.get_yaxis_transform()
    axes.text(0.995, bpm, text, transform=where, ha="right", fontsize=7.5, color=GREY)


def legend_text(found: Mapping[str, Any]) -> str:
    """One line that says how to read the row."""
    parts = ["a dot is one 3.75 s window; the darker, the more certain"]
    if found.get("baseline_bpm") is not None:
        parts.append(f"dashed: baseline {found['baseline_bpm']:.0f} bpm")
    parts += [text for kind, text in EVENT_TEXTS.items() if found.get(kind)]
    return "; ".join(parts)
