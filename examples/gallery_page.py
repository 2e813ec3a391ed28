"""The page of pictures of `simulator_gallery.py`: a recording with its truth, classes, a cohort."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
from gallery_cohort import draw_cohort
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from numpy.typing import NDArray

from fetal_hemo.constants import QUALITY_CLASSES, SAMPLE_RATE_HZ, WINDOW_S, WINDOW_SAMPLES
from fetal_hemo.report.figure import BLUE, GREEN, INK, ORANGE, PINK, new_figure, styled
from fetal_hemo.report.recording_rows import draw_time_frequency, draw_waveform, quality_name
from fetal_hemo.report.scalogram import see
from fetal_hemo.simulate.intervals import events
from fetal_hemo.simulate.movement import Span
from fetal_hemo.simulate.recording import Recording

SHOWN = 4  # windows, 15 s
NEAR_S = 1.5
COLUMNS = 1_200
VALVES = {
    "mitral_closing": ("mitral closing", BLUE, "-"),
    "aortic_opening": ("aortic opening", ORANGE, "-"),
    "aortic_closing": ("aortic closing", ORANGE, "--"),
    "mitral_opening": ("mitral opening", BLUE, "--"),
}
WALLS = {"atrial": "A", "systole": "S", "early": "E"}

Sound = NDArray[np.float32]


def draw_page(made: Recording, sounds: Mapping[str, Sound]) -> bytes:
    """PNG of the whole page."""
    with styled():
        figure = new_figure(10.0, 14.5)
        parts = figure.subfigures(4, 1, height_ratios=(4.4, 2.6, 4.6, 3.2))
        first = first_window(made) or 0
        _recording(parts[0], made, first)
        _near(parts[1], made, first * WINDOW_S + 1.0)
        _classes(parts[2], sounds)
        draw_cohort(parts[3])
        figure.suptitle("Simulated, every part of it", color=ORANGE, fontweight="bold")
        png = io.BytesIO()
        figure.savefig(png, format="png", dpi=120, metadata={"Software": None})
    return png.getvalue()


def first_window(made: Recording) -> int | None:
    """First of four windows worth a look: two good ones, then a movement; the fetus breathes."""
    good, poor = (made.quality == QUALITY_CLASSES.index(name) for name in ("good", "poor"))
    for start, _ in made.movements.movements_s:
        first = int(start / WINDOW_S) - SHOWN // 2
        clear = good[max(first, 0) : first + SHOWN // 2]
        heard = (good | poor)[max(first, 0) : first + SHOWN]
        span = (first * WINDOW_S, (first + SHOWN) * WINDOW_S)
        breathing = any(a < span[1] and b > span[0] for a, b in made.movements.breathing_s)
        if first >= 0 and clear.all() and heard.sum() == SHOWN and breathing:
            return first
    return None


def _recording(part: SubFigure, made: Recording, first: int) -> None:
    start_s, stop_s = first * WINDOW_S, (first + SHOWN) * WINDOW_S
    cut = made.samples[first * WINDOW_SAMPLES : (first + SHOWN) * WINDOW_SAMPLES]
    wave, picture = part.subplots(2, 1, sharex=True)
    draw_waveform(wave, cut, COLUMNS, start_s, colour="#9A9A9A")
    beats = made.clock.q_s[(made.clock.q_s >= start_s) & (made.clock.q_s < stop_s)]
    wave.vlines(beats, 1.05, 1.25, color=INK, linewidth=1.2, label="beats (Q wave)")
    wave.set_ylim(-1.3, 1.5)
    _shade(wave, "movement", made.movements.movements_s, PINK, 0.92)
    _shade(wave, "breathing", made.movements.breathing_s, GREEN, 0.0)
    wave.set_title(f"A recording at {made.visit.weeks:.0f} weeks with what is true of it")
    wave.legend(loc="lower left", bbox_to_anchor=(0.6, 1.0), ncols=3, fontsize=8)
    draw_time_frequency(picture, see(cut).scalogram, COLUMNS, start_s)
    picture.set(xlabel="time (s)", xlim=(start_s, stop_s))


def _shade(axes: Axes, name: str, spans: tuple[Span, ...], colour: str, low: float) -> None:
    """Spans as bars from `low` of the height; the first of them names all in the legend."""
    for number, (begin, end) in enumerate(spans):
        label = None if number else name
        axes.axvspan(begin, end, low, low + 0.06, color=colour, linewidth=0, label=label)


def _near(part: SubFigure, made: Recording, start_s: float) -> None:
    axes = part.subplots()
    cut = made.samples[int(start_s * SAMPLE_RATE_HZ) :][: int(NEAR_S * SAMPLE_RATE_HZ)]
    draw_waveform(axes, cut, COLUMNS, start_s, colour="#9A9A9A")
    found = events(made.clock, made.spans)
    for name, (label, colour, line) in VALVES.items():
        times = getattr(found, name)
        shown = times[(times >= start_s) & (times < start_s + NEAR_S)]
        axes.vlines(shown, -1.05, 1.05, color=colour, linestyle=line, linewidth=1.3, label=label)
    for name, letter in WALLS.items():
        for time in getattr(found, name):
            if start_s <= time < start_s + NEAR_S:
                axes.text(time, 1.1, letter, ha="center", va="bottom", color=INK)
    axes.set_ylim(-1.05, 1.35)
    axes.set_title("Nearer: walls (A atrial, S systolic, E early filling) and valves", pad=22)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, fontsize=8, borderaxespad=0)
    axes.set(xlabel="time (s)", xlim=(start_s, start_s + NEAR_S))


def _classes(part: SubFigure, sounds: Mapping[str, Sound]) -> None:
    grid = part.subplots(2, 4, sharey=True).ravel()
    for axes, (name, sound) in zip(grid, sounds.items(), strict=False):
        draw_time_frequency(axes, see(sound[:WINDOW_SAMPLES]).scalogram, COLUMNS)
        axes.set(title=quality_name(name), ylabel="", xlabel="time (s)")
        axes.set_xlim(0, WINDOW_S)
    for axes in grid[::4]:
        axes.set_ylabel("frequency\n(Hz)")
    for axes in grid[len(sounds) :]:
        axes.set_axis_off()
