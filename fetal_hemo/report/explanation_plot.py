"""Why a recording's result came out as it did, in three pictures, and what the checks say."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from fetal_hemo.constants import SAMPLE_RATE_HZ, WINDOW_S
from fetal_hemo.explain import Explanation
from fetal_hemo.explain.inside_beat import PHASES
from fetal_hemo.explain.occlusion import BANDS_HZ
from fetal_hemo.explain.sanity import MOST, Sanity
from fetal_hemo.report.figure import BLUE, GREEN, GREY, INK, ORANGE, new_figure, styled, to_svg
from fetal_hemo.report.recording_rows import draw_waveform

VIEW_COLOURS = {"time-frequency": BLUE, "envelope": GREEN}
PALE = "#C9C9C9"
HOW_TO_READ = (
    "Attention says where the model looked, not why; leaving a part out says what it needed. A map "
    f"whose ranks correlate by {MOST} or more with those of randomised weights would show the "
    "sound and not what was learned, and must not be believed."
)


def explanation_plots(found: Explanation, window: NDArray[np.float32]) -> list[str]:
    """SVGs of an explanation; `window` are the samples `(15000,)` of the one that weighed most."""
    plots = [_window_plot(found, window)]
    if found.inside is not None:
        plots.append(_beat_plot(found))
    return [*plots, _band_plot(found)]


def explanation_texts(found: Explanation) -> list[str]:
    """What the checks found, one sentence each."""
    views = found.weighed.view_attention.sum(axis=0)
    shares = 100 * views / max(float(views.sum()), 1e-12)
    names = ("time-frequency", "envelope", "rhythm")
    told = ", ".join(f"{name} {share:.0f} %" for name, share in zip(names, shares, strict=True))
    return [
        HOW_TO_READ,
        f"Attention over the views of a window: {told}.",
        f"Beats left out one by one: log odds fall by {_range(found.beat_falls)}; "
        f"{_sanity_text(found.beat_sanity)}",
        f"Bands left out one by one: log odds fall by {_range(found.band_falls)}; "
        f"{_sanity_text(found.band_sanity)}",
    ]


def _sanity_text(found: Sanity) -> str:
    if found.correlation is None:
        return "the sanity check is not available: fewer than three parts, or no spread."
    said = "is destroyed by" if found.destroyed else "SURVIVES (do not believe it)"
    return (
        f"the map {said} randomised weights (mean rank correlation {found.correlation:+.2f} "
        f"over {len(found.random)} draws)."
    )


def _window_plot(found: Explanation, window: NDArray[np.float32]) -> str:
    """Waveform, attention inside it and the effect of each beat, on one time axis."""
    with styled():
        figure = new_figure(6.4, 4.2)
        wave, attention, falls = figure.subplots(3, 1, sharex=True, height_ratios=(1.2, 1, 1))
        draw_waveform(wave, window, 600, colour=PALE)
        beats = np.array(found.beats_s) - found.window * WINDOW_S
        wave.vlines(beats, -1, 1, color=ORANGE, linewidth=0.9, linestyle=(0, (2, 2)))
        wave.set_title(f"The window that weighed most, from {found.window * WINDOW_S:g} s")
        curves = found.heard.beat_attention[found.window]
        at = (np.arange(curves.shape[1]) + 0.5) * WINDOW_S / curves.shape[1]
        for (name, colour), curve in zip(VIEW_COLOURS.items(), curves, strict=True):
            attention.plot(at, _even(curve), color=colour, linewidth=1.0, label=name)
        attention.axhline(1, color=GREY, linewidth=0.6, linestyle=":")
        highest = max(1.0, float(_even(curves).max()))
        attention.set(ylabel="attention\n(1 = even)", ylim=(0, 1.4 * highest))
        attention.legend(loc="upper right", fontsize=7.5, ncols=2)
        falls.bar(beats, found.beat_falls, width=0.12, color=INK)
        falls.axhline(0, color=GREY, linewidth=0.6)
        falls.set(ylabel="fall of log odds\nwithout the beat", xlabel="time in the window (s)")
        falls.set_xlim(0, len(window) / SAMPLE_RATE_HZ)
        figure.align_ylabels([wave, attention, falls])
        told = f"{len(beats)} beats; log odds fall by {_range(found.beat_falls)} without one"
        return to_svg(figure, f"Attention and occlusion inside one window: {told}.")


def _beat_plot(found: Explanation) -> str:
    inside = found.inside
    assert inside is not None  # the caller asked
    with styled():
        figure = new_figure(4.6, 2.6)
        axes: Axes = figure.add_subplot()
        phase = (np.arange(PHASES) + 0.5) / PHASES
        axes.fill_between(phase, inside.envelope, color=PALE, label="sound level")
        for (name, colour), curve in zip(VIEW_COLOURS.items(), inside.attention, strict=True):
            axes.plot(phase, curve, color=colour, label=f"attention, {name}")
        axes.axhline(1, color=GREY, linewidth=0.6, linestyle=":")
        axes.set(xlabel="from one beat to the next", ylabel="1 = even", xlim=(0, 1), ylim=(0, None))
        axes.set_title(f"Inside the beat: mean of {inside.beats}")
        axes.legend(fontsize=7.5)
        return to_svg(figure, f"Attention over the cardiac cycle, mean of {inside.beats} beats.")


def _band_plot(found: Explanation) -> str:
    with styled():
        figure = new_figure(4.6, 2.8)
        axes = figure.add_subplot()
        at, random = np.arange(len(BANDS_HZ)), found.band_sanity.random
        axes.bar(at, found.band_falls, width=0.6, color=BLUE, label="trained")
        reach: dict[str, Any] = {"color": ORANGE, "linewidth": 3, "alpha": 0.7}
        axes.vlines(at, random.min(axis=0), random.max(axis=0), label="random weights", **reach)
        axes.axhline(0, color=GREY, linewidth=0.6)
        axes.set_xticks(at, [f"{low}-\n{high}" for low, high in BANDS_HZ])
        axes.set(xlabel="band left out (Hz)", ylabel="fall of log odds")
        axes.legend(fontsize=7.5)
        told = "; ".join(
            f"{low} to {high} Hz {fall:+.2g}"
            for (low, high), fall in zip(BANDS_HZ, found.band_falls, strict=True)
        )
        return to_svg(figure, f"Fall of the log odds without each band: {told}.")


def _even(attention: NDArray[np.float32]) -> NDArray[np.float32]:
    """Attention `(..., steps)` in shares of what each step had if all had the same."""
    return attention * np.float32(attention.shape[-1])


def _range(values: NDArray[np.float64]) -> str:
    if not len(values):
        return "nothing"
    return f"{values.min():+.2g} to {values.max():+.2g}"
