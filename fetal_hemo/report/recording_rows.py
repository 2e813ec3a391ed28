"""The rows of a recording's picture: waveform, time-frequency, quality and attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray

from fetal_hemo.constants import BANDS, FRAME_RATE_HZ, QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_S
from fetal_hemo.report.figure import BLUE, GREY, INK, ORANGE, PINK, SKY, YELLOW
from fetal_hemo.report.scalogram import LOWEST
from fetal_hemo.signals.filterbank import band_centres_hz

TICKS_HZ = (50, 100, 200, 400, 800)
COLOURS = dict(zip(QUALITY_CLASSES, (BLUE, SKY, ORANGE, PINK, "#BDBDBD", YELLOW, INK), strict=True))
WAVE = "#3A3A3A"

Windows = Sequence[Mapping[str, Any]]


def quality_name(quality: str) -> str:
    """The class as a person reads it."""
    return quality.replace("_", " ")


def draw_waveform(
    axes: Axes, signal: NDArray[np.float32], columns: int, start_s: float = 0.0, colour: str = WAVE
) -> None:
    """Lowest and highest sample of every column, so that no peak is lost."""
    parts = np.array_split(signal, min(columns, max(1, len(signal))))
    extremes = np.array([(part.min(), part.max()) for part in parts if len(part)] or [(0.0, 0.0)])
    ends = np.cumsum([len(part) for part in parts])
    middle = start_s + (ends - np.array([len(part) for part in parts]) / 2) / SAMPLE_RATE_HZ
    top = float(np.quantile(np.abs(extremes), 0.995)) or 1.0
    clipped = np.clip(extremes / top, -1.0, 1.0)
    axes.fill_between(middle[: len(clipped)], *clipped.T, color=colour, linewidth=0.25)
    axes.set(ylabel="waveform\n(relative)", ylim=(-1.05, 1.05), yticks=(-1, 0, 1))


def draw_time_frequency(
    axes: Axes,
    image: NDArray[np.float32],
    columns: int,
    start_s: float = 0.0,
    limit_hz: float | None = None,
) -> None:
    """Log magnitudes `(bands, frames)`; above `limit_hz` the source holds nothing."""
    frames = image.shape[1]
    if frames:
        edges = np.linspace(0, frames, min(columns, frames) + 1).astype(int)
        small = np.add.reduceat(image, edges[:-1], axis=1) / np.diff(edges)
        heard = small[small > LOWEST / 2]
        low, high = np.quantile(heard, [0.05, 0.995]) if len(heard) else (LOWEST, 0.0)
        axes.imshow(
            small,
            extent=(start_s, start_s + frames / FRAME_RATE_HZ, -0.5, BANDS - 0.5),
            origin="lower",
            aspect="auto",
            cmap="cividis",
            vmin=low,
            vmax=high,
            interpolation="nearest",
        )
    axes.set_yticks(_band_of(TICKS_HZ), [str(hz) for hz in TICKS_HZ])
    axes.set(ylabel="frequency\n(Hz)", ylim=(-0.5, BANDS - 0.5))
    if limit_hz is not None and limit_hz < band_centres_hz()[-1]:
        _shade_above(axes, limit_hz)


def _band_of(hz: Sequence[float]) -> NDArray[np.floating[Any]]:
    return np.interp(np.log(hz), np.log(band_centres_hz()), np.arange(BANDS))


def _shade_above(axes: Axes, limit_hz: float) -> None:
    axes.axhspan(_band_of([limit_hz])[0], BANDS, color="white", alpha=0.72, linewidth=0)
    text, inside = f"nothing recorded above {limit_hz:.0f} Hz", axes.transAxes
    axes.text(0.995, 0.96, text, fontsize=7.5, color=GREY, ha="right", va="top", transform=inside)


def draw_quality(axes: Axes, windows: Windows, legend_columns: int) -> None:
    """A ribbon of the windows' classes, its legend above it."""
    # Runs, not windows: neighbours of one colour would show a seam between them.
    for name, run in groupby(windows, key=lambda window: window["quality"]):
        first, *rest = run
        span = (first["start_s"], WINDOW_S * (1 + len(rest)))
        axes.broken_barh([span], (0, 1), facecolors=COLOURS[name], linewidth=0)
    axes.set_ylim(0, 1)
    axes.set_yticks([0.5], ["quality"])  # the row is too low for a label along its side
    axes.tick_params(axis="both", length=0)
    present = {window["quality"] for window in windows}
    shown = [Patch(color=COLOURS[n], label=quality_name(n)) for n in COLOURS if n in present]
    if shown:
        axes.legend(
            handles=shown,
            loc="lower left",
            bbox_to_anchor=(0, 0.9),
            ncols=min(len(shown), legend_columns),
            fontsize=8,
            borderaxespad=0,
            handlelength=1,
            columnspacing=1.2,
        )


def draw_attention(axes: Axes, windows: Windows) -> None:
    """How much each window weighed in the probability."""
    edges = [WINDOW_S * number for number in range(len(windows) + 1)]
    axes.stairs(
        [100 * (window["attention"] or 0.0) for window in windows],
        edges,
        fill=True,
        color=GREY,
        linewidth=0,
    )
    axes.set_ylabel("attention\n(%)")
    axes.set_ylim(bottom=0)
