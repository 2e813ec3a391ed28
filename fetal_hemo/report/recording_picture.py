"""A screened recording at a glance: waveform, time-frequency, heart rate, quality, attention."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray

from fetal_hemo.constants import (
    BANDS,
    FRAME_RATE_HZ,
    QUALITY_CLASSES,
    SAMPLE_RATE_HZ,
    WINDOW_S,
    WINDOW_SAMPLES,
)
from fetal_hemo.report.figure import BLUE, GREY, INK, ORANGE, PINK, SKY, new_figure, styled, to_svg
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.filterbank import band_centres_hz
from firmware_bridge.store import write_atomically

COLUMNS = 900  # across the picture: more than a screen shows
BATCH = 16  # windows at a time, so that memory stays flat
USUAL_BPM = (110, 160)  # normal baseline of the fetal heart rate (FIGO 2015)
TICKS_HZ = (50, 100, 200, 400, 800)
COLOURS = dict(zip(QUALITY_CLASSES, (BLUE, SKY, ORANGE, PINK, "#BDBDBD"), strict=True))
LOWEST = -20.0  # far below any magnitude that is heard
EDGE = 3  # frames, 15 ms
LONG_S = 180.0  # from here on the axis counts minutes

Windows = Sequence[dict[str, Any]]


def draw_recording(
    samples: NDArray[np.floating[Any]], windows: Windows, out: Path | None, simulated: bool
) -> str:
    """SVG of samples `(time,)` at 4 kHz and of the `windows` of a result; also written to `out`.

    Raises `FetalHemoError` E-STORAGE.
    """
    signal = np.asarray(samples, dtype=np.float32)
    seconds = max(len(signal) / SAMPLE_RATE_HZ, WINDOW_S)
    minutes = seconds > LONG_S
    with styled():
        figure = new_figure(9.0, 6.6)
        rows = figure.subplots(5, 1, sharex=True, height_ratios=(1.2, 1.9, 1.9, 0.32, 0.8))
        _waveform(rows[0], signal)
        _time_frequency(rows[1], signal)
        _heart_rate(rows[2], windows)
        _quality(rows[3], windows)
        _attention(rows[4], windows)
        rows[4].set_xlabel("time (min)" if minutes else "time (s)")
        rows[4].set_xlim(0, seconds)
        step = 60.0 * max(1, round(seconds / 600)) if minutes else _step_s(seconds)
        ticks = np.arange(0, seconds + 1e-6, step)
        rows[4].set_xticks(ticks, [f"{t / 60:.0f}" if minutes else f"{t:g}" for t in ticks])
        figure.align_ylabels(rows)
        if simulated:
            rows[0].set_title("simulated recording", loc="right", color=ORANGE, fontweight="bold")
        svg = to_svg(figure, _told(windows, seconds, simulated), dpi=110)
    if out is not None:
        write_atomically(out, svg.encode())
    return svg


def _waveform(axes: Axes, signal: NDArray[np.float32]) -> None:
    """Lowest and highest sample of every column, so that no peak is lost."""
    parts = np.array_split(signal, min(COLUMNS, max(1, len(signal))))
    extremes = np.array([(part.min(), part.max()) for part in parts if len(part)] or [(0.0, 0.0)])
    ends = np.cumsum([len(part) for part in parts])
    middle = (ends - np.array([len(part) for part in parts]) / 2) / SAMPLE_RATE_HZ
    top = float(np.quantile(np.abs(extremes), 0.995)) or 1.0
    clipped = np.clip(extremes / top, -1.0, 1.0)
    axes.fill_between(middle[: len(clipped)], *clipped.T, color="#3A3A3A", linewidth=0.25)
    axes.set(ylabel="waveform\n(relative)", ylim=(-1.05, 1.05), yticks=(-1, 0, 1))


@torch.no_grad()
def _scalogram(signal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log magnitudes `(bands, frames)` of the whole windows, relative to each window's level.

    A window of digital silence has no level; it is given the lowest value.
    """
    count = len(signal) // WINDOW_SAMPLES
    if count == 0:
        return np.zeros((BANDS, 0), dtype=np.float32)
    batches = torch.from_numpy(signal[: count * WINDOW_SAMPLES].reshape(count, -1)).split(BATCH)
    front_end = FrontEnd().eval()
    found = []
    for batch in batches:
        signals = front_end(batch)
        silent = (signals.dead_share > 0.5)[:, None, None]
        found.append(signals.scalogram.masked_fill(silent, LOWEST))
    picture = torch.cat(found)
    # The signal is reflected at a window's ends, which would show as a line in every window.
    picture[:, :, :EDGE] = picture[:, :, EDGE : EDGE + 1]
    picture[:, :, -EDGE:] = picture[:, :, -EDGE - 1 : -EDGE]
    return picture.permute(1, 0, 2).reshape(BANDS, -1).numpy()


def _time_frequency(axes: Axes, signal: NDArray[np.float32]) -> None:
    image = _scalogram(signal)
    frames = image.shape[1]
    if frames:
        edges = np.linspace(0, frames, min(COLUMNS, frames) + 1).astype(int)
        small = np.add.reduceat(image, edges[:-1], axis=1) / np.diff(edges)
        heard = small[small > LOWEST / 2]
        low, high = np.quantile(heard, [0.05, 0.995]) if len(heard) else (LOWEST, 0.0)
        axes.imshow(
            small,
            extent=(0, frames / FRAME_RATE_HZ, -0.5, BANDS - 0.5),
            origin="lower",
            aspect="auto",
            cmap="cividis",
            vmin=low,
            vmax=high,
            interpolation="nearest",
        )
    places = np.interp(np.log(TICKS_HZ), np.log(band_centres_hz()), np.arange(BANDS))
    axes.set_yticks(places, [str(hz) for hz in TICKS_HZ])
    axes.set(ylabel="frequency\n(Hz)", ylim=(-0.5, BANDS - 0.5))


def _heart_rate(axes: Axes, windows: Windows) -> None:
    middle = [window["start_s"] + WINDOW_S / 2 for window in windows]
    known = [window["heart_rate_bpm"] for window in windows]
    bpm = [np.nan if rate is None else rate for rate in known]
    heard = [rate for rate in known if rate is not None]
    axes.axhspan(*USUAL_BPM, color="#EDEDED", linewidth=0)
    axes.text(
        0.995,
        USUAL_BPM[0] + 2,
        "110-160 bpm: normal baseline",
        transform=axes.get_yaxis_transform(),
        ha="right",
        fontsize=7.5,
        color=GREY,
    )
    axes.plot(middle, bpm, color=BLUE, linewidth=0.9, marker="o", markersize=2.4)
    low, high = min([100, *(rate - 5 for rate in heard)]), max([180, *(r + 5 for r in heard)])
    axes.set(ylabel="heart rate\n(bpm)", ylim=(low, high))


def _quality(axes: Axes, windows: Windows) -> None:
    for name, colour in COLOURS.items():
        spans = [(window["start_s"], WINDOW_S) for window in windows if window["quality"] == name]
        axes.broken_barh(spans, (0, 1), facecolors=colour, linewidth=0)
    axes.set(ylim=(0, 1), yticks=[])
    axes.set_ylabel("quality")
    axes.tick_params(axis="x", length=0)
    present = {window["quality"] for window in windows}
    shown = [Patch(color=COLOURS[name], label=name) for name in COLOURS if name in present]
    if shown:
        axes.legend(
            handles=shown,
            loc="lower left",
            bbox_to_anchor=(0, 0.9),
            ncols=len(shown),
            fontsize=8,
            borderaxespad=0,
            handlelength=1,
        )


def _attention(axes: Axes, windows: Windows) -> None:
    given = [(window["start_s"], window["attention"]) for window in windows]
    bars = [(start, 100 * share) for start, share in given if share is not None]
    if bars:
        starts, shares = zip(*bars, strict=True)
        axes.bar(starts, shares, width=WINDOW_S, align="edge", color=INK, linewidth=0)
    axes.set_ylabel("attention\n(%)")
    axes.set_ylim(bottom=0)


def _step_s(seconds: float) -> float:
    return next((step for step in (1, 2, 5, 10, 20) if seconds / step <= 12), 30)


def _told(windows: Windows, seconds: float, simulated: bool) -> str:
    rates = [w["heart_rate_bpm"] for w in windows if w["heart_rate_bpm"] is not None]
    heart = f"mean heart rate {np.mean(rates):.0f} bpm" if rates else "no heart rate"
    usable = sum(window["quality"] in ("good", "poor") for window in windows)
    kind = "simulated fetal Doppler" if simulated else "fetal Doppler"
    return (
        f"A {kind} recording of {seconds:.0f} s: waveform, time-frequency picture, {heart} in "
        f"{len(rates)} of {len(windows)} windows, {usable} windows good or poor, attention."
    )
