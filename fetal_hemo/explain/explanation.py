"""All that is shown to explain one recording's result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.explain.hearing import Heard, Hearing, Weighed
from fetal_hemo.explain.inside_beat import InsideBeat, inside_beat
from fetal_hemo.explain.occlusion import band_effects, beat_effects
from fetal_hemo.explain.sanity import Sanity, sanity

LONGEST = 16  # windows, a minute: each is heard about fifty times


@dataclass(frozen=True, eq=False)
class Explanation:
    """Attention and occlusion of one recording, with their checks.

    `window` is the one that weighed most; `beats_s` are its beats and `beat_falls` how much the
    log odds fall without each; `band_falls` (bands,) likewise over the recording.
    """

    heard: Heard
    weighed: Weighed
    inside: InsideBeat | None
    window: int
    beats_s: tuple[float, ...]
    beat_falls: NDArray[np.float64]
    beat_sanity: Sanity
    band_falls: NDArray[np.float64]
    band_sanity: Sanity


def explain(
    hearing: Hearing,
    windows: NDArray[np.float32],
    usable: NDArray[np.bool_],
    beats_s: Sequence[float],
) -> Explanation:
    """`Explanation` of windows `(windows, 15000)`, at least one of them usable."""
    windows, usable = windows[:LONGEST], usable[:LONGEST]
    heard = hearing.hear(windows)
    weighed = hearing.weigh(heard.embeddings, usable)
    window = int(np.argmax(weighed.window_attention))
    start, end = window * WINDOW_S, (window + 1) * WINDOW_S
    inside = tuple(beat for beat in beats_s if start <= beat < end)

    def beats(of: Hearing) -> NDArray[np.float64]:
        return beat_effects(of, windows, usable, inside)

    def bands(of: Hearing) -> NDArray[np.float64]:
        return band_effects(of, windows, usable)

    beat_falls, band_falls = beats(hearing), bands(hearing)
    return Explanation(
        heard,
        weighed,
        inside_beat(heard.beat_attention, windows, [b for b in beats_s if usable_at(b, usable)]),
        window,
        inside,
        beat_falls,
        sanity(hearing, beats, beat_falls),
        band_falls,
        sanity(hearing, bands, band_falls),
    )


def usable_at(beat_s: float, usable: NDArray[np.bool_]) -> bool:
    """Whether a beat lies in a usable window."""
    index = int(beat_s / WINDOW_S)
    return index < len(usable) and bool(usable[index])
