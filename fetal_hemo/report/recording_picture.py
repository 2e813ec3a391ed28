"""A screened recording at a glance: waveform, time-frequency, heart rate, quality, attention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from fetal_hemo.constants import SAMPLE_RATE_HZ, WINDOW_S
from fetal_hemo.report.figure import ORANGE, new_figure, styled, to_svg
from fetal_hemo.report.heart_rate_row import draw_heart_rate
from fetal_hemo.report.recording_rows import (
    Windows,
    draw_attention,
    draw_quality,
    draw_time_frequency,
    draw_waveform,
)
from fetal_hemo.report.scalogram import see
from firmware_bridge.store import write_atomically

LONG_S = 180.0  # from here on the axis counts minutes
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Layout:
    """How wide a picture is: on paper or a screen, or on a phone held upright."""

    width_in: float
    columns: int  # across the picture: more than is seen
    ticks: int  # of the time axis, at most
    legend_columns: int
    strip_windows: int  # side by side where single beats are shown


WIDE = Layout(9.0, 900, 12, 7, 4)
NARROW = Layout(4.0, 400, 6, 3, 2)


def draw_recording(
    samples: NDArray[np.floating[Any]],
    windows: Windows,
    out: Path | None,
    simulated: bool,
    found: Mapping[str, Any] = NOTHING,
    layout: Layout = WIDE,
) -> str:
    """SVG of samples `(time,)` at 4 kHz and of the `windows` of a result; also written to `out`.

    `found` is the `heart_rate` of the result. Raises `FetalHemoError` E-STORAGE.
    """
    with styled():
        figure = new_figure(layout.width_in, 6.6)
        draw_overview(figure, samples, see(samples).scalogram, windows, found, layout)
        if simulated:
            top = figure.axes[0]
            top.set_title("simulated recording", loc="right", color=ORANGE, fontweight="bold")
        svg = to_svg(figure, told(samples, windows, simulated), dpi=110)
    if out is not None:
        write_atomically(out, svg.encode())
    return svg


def draw_overview(
    figure: Figure | SubFigure,
    samples: NDArray[np.floating[Any]],
    scalogram: NDArray[np.float32],
    windows: Windows,
    found: Mapping[str, Any] = NOTHING,
    layout: Layout = WIDE,
    limit_hz: float | None = None,
) -> None:
    """Draw all rows into an empty figure; a row about which nothing is known is left out.

    `scalogram` is what `see` makes of the samples; above `limit_hz` the source holds nothing.
    """
    signal = np.asarray(samples, dtype=np.float32)
    weighed = any(window["attention"] is not None for window in windows)
    heights = (1.2, 1.9, 1.9, 0.32, 0.8)[: 5 if weighed else 4]
    rows = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    draw_waveform(rows[0], signal, layout.columns)
    draw_time_frequency(rows[1], scalogram, layout.columns, limit_hz=limit_hz)
    draw_heart_rate(rows[2], windows, found)
    draw_quality(rows[3], windows, layout.legend_columns)
    if weighed:
        draw_attention(rows[4], windows)
    _time_axis(rows[-1], max(len(signal) / SAMPLE_RATE_HZ, WINDOW_S), layout.ticks)
    figure.align_ylabels(rows)


def _time_axis(axes: Any, seconds: float, most: int) -> None:
    minutes = seconds > LONG_S
    steps = (60, 120, 300, 600, 900) if minutes else (1, 2, 5, 10, 20, 30, 60)
    step = next((step for step in steps if seconds / step <= most), steps[-1])
    ticks = np.arange(0, seconds + 1e-6, step)
    axes.set_xticks(ticks, [f"{t / 60:.0f}" if minutes else f"{t:g}" for t in ticks])
    axes.set_xlim(0, seconds)
    axes.set_xlabel("time (min)" if minutes else "time (s)")


def told(samples: NDArray[np.floating[Any]], windows: Windows, simulated: bool = False) -> str:
    """What the picture shows, for those who cannot see it."""
    seconds = max(len(samples) / SAMPLE_RATE_HZ, WINDOW_S)
    rates = [w["heart_rate_bpm"] for w in windows if w["heart_rate_bpm"] is not None]
    heart = f"mean heart rate {np.mean(rates):.0f} bpm" if rates else "no heart rate"
    usable = sum(window["quality"] in ("good", "poor") for window in windows)
    kind = "simulated fetal Doppler" if simulated else "fetal Doppler"
    return (
        f"A {kind} recording of {seconds:.0f} s: waveform, time-frequency picture, {heart} in "
        f"{len(rates)} of {len(windows)} windows, {usable} windows good or poor, attention."
    )
