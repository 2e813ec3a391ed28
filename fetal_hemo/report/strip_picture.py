"""A stretch of a few seconds, near enough to see single beats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

from fetal_hemo.constants import FRAME_RATE_HZ, WINDOW_S, WINDOW_SAMPLES
from fetal_hemo.report.figure import BLUE, GREY, INK, ORANGE, new_figure, styled, to_svg
from fetal_hemo.report.recording_picture import Layout
from fetal_hemo.report.recording_rows import (
    COLOURS,
    Windows,
    draw_time_frequency,
    draw_waveform,
    quality_name,
)
from fetal_hemo.report.scalogram import see
from fetal_hemo.report.stretches import Stretch, clock

FRAMES_A_POINT = 2  # of the envelope's line: 10 ms are enough to see a beat
RIBBON = (1.18, 0.16)  # below and above the waveform's -1 to 1
BEATS = (1.0, 1.14)
TOP = 2.2  # room for two lines over the ribbon
PALE = "#C9C9C9"


def draw_strip_svg(
    samples: NDArray[np.floating[Any]], result: Mapping[str, Any], stretch: Stretch, layout: Layout
) -> str:
    """SVG of one stretch of samples `(time,)` at 4 kHz."""
    with styled():
        figure = new_figure(layout.width_in, 3.1)
        draw_strip(figure, samples, result, stretch, layout)
        alt = f"{stretch.title}: waveform with envelope and beats, and time-frequency picture."
        return to_svg(figure, alt, dpi=110)


def draw_strip(
    figure: Figure | SubFigure,
    samples: NDArray[np.floating[Any]],
    result: Mapping[str, Any],
    stretch: Stretch,
    layout: Layout,
) -> None:
    """Waveform, envelope, beats, rate and quality of each window, time-frequency."""
    cut = slice(stretch.first * WINDOW_SAMPLES, (stretch.first + stretch.count) * WINDOW_SAMPLES)
    signal = np.asarray(samples[cut], dtype=np.float32)
    windows = result["windows"][stretch.first : stretch.first + stretch.count]
    seen = see(signal)
    wave, picture = figure.subplots(2, 1, sharex=True, height_ratios=(1.7, 1))
    draw_waveform(wave, signal, layout.columns, stretch.start_s, colour=PALE)
    _envelope(wave, seen.envelope, stretch.start_s)
    _beats(wave, result.get("beats_s"), stretch)
    _window_labels(wave, windows)
    draw_time_frequency(picture, seen.scalogram, layout.columns, stretch.start_s)
    wave.set_title(stretch.title)
    wave.spines["left"].set_visible(False)
    picture.set_xlim(stretch.start_s, stretch.end_s)
    _time_axis(picture, stretch, layout.ticks)
    figure.align_ylabels([wave, picture])


def _envelope(axes: Axes, envelope: NDArray[np.float32], start_s: float) -> None:
    points = envelope[: len(envelope) // FRAMES_A_POINT * FRAMES_A_POINT]
    points = points.reshape(-1, FRAMES_A_POINT).mean(axis=1)
    top = float(np.quantile(points, 0.995)) if len(points) else 0.0
    at = start_s + (np.arange(len(points)) + 0.5) * FRAMES_A_POINT / FRAME_RATE_HZ
    axes.plot(at, np.clip(points / (top or 1.0), 0.0, 1.0), color=BLUE, linewidth=0.8)
    axes.set(ylabel="waveform\nenvelope", yticks=(), ylim=(-1.05, TOP))


def _beats(axes: Axes, beats_s: Sequence[float] | None, stretch: Stretch) -> None:
    """A tick above every beat; nothing where beats are not part of the result."""
    inside = [beat for beat in beats_s or () if stretch.start_s <= beat < stretch.end_s]
    axes.vlines(inside, *BEATS, color=ORANGE, linewidth=1.4)


def _window_labels(axes: Axes, windows: Windows) -> None:
    """The class as a ribbon, and the rate in words, over each window."""
    for window in windows:
        start, rate = window["start_s"], window["heart_rate_bpm"]
        axes.broken_barh([(start, WINDOW_S)], RIBBON, facecolors=COLOURS[window["quality"]])
        axes.axvline(start, color=GREY, linewidth=0.4, linestyle=(0, (2, 3)))
        middle = start + WINDOW_S / 2
        text = "no rate" if rate is None else f"{rate:.0f} bpm"
        name = f"{text}\n{quality_name(window['quality'])}"
        colour = GREY if rate is None else INK
        axes.text(
            middle, sum(RIBBON) + 0.04, name, ha="center", va="bottom", fontsize=7.5, color=colour
        )


def _time_axis(axes: Axes, stretch: Stretch, most: int) -> None:
    """Whole seconds, or halves in a single window."""
    length = stretch.end_s - stretch.start_s
    step = next(step for step in (0.5, 1, 2, 3, 5) if length / step <= most)
    ticks = np.arange(np.ceil(stretch.start_s / step) * step, stretch.end_s, step)
    axes.set_xticks(ticks, [clock(float(tick)) for tick in ticks])
    axes.set_xlabel("time (min:s)")


def strip_legend(result: Mapping[str, Any]) -> str:
    """One sentence that says how to read a strip."""
    beats = ", orange ticks: beats that were found" if result.get("beats_s") is not None else ""
    return f"Grey: waveform, blue: envelope{beats}. Every 3.75 s window has its rate and quality."
