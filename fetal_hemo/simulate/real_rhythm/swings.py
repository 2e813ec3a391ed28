"""When the accelerations and decelerations of a real rhythm begin, as the device defines them."""

from __future__ import annotations

import numpy as np

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.recordings.public.epochs import epoch_rates
from fetal_hemo.recordings.public.source import RATE_HZ
from fetal_hemo.simulate.real_rhythm.stretch import Stretch
from firmware_bridge.rhythm.baseline import baseline_bpm, excursions

AROUND_S = 600.0  # a baseline forgets within minutes; the rest of a record tells it nothing


def swing_starts_s(
    bpm: np.ndarray, stretch: Stretch
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Starts of accelerations and of decelerations inside a stretch, from the stretch's start.

    `bpm` is the whole series `(time,)` at 4 Hz. The baseline also hears ten minutes before and
    after the stretch; its epochs of 3.75 s are in step with it.
    """
    size = round(WINDOW_S * RATE_HZ)
    start = round(stretch.start_s * RATE_HZ)
    before = min(int(AROUND_S / WINDOW_S), start // size)
    stop = start + round((stretch.seconds + AROUND_S) * RATE_HZ)
    epochs = epoch_rates(bpm[start - before * size : stop], RATE_HZ)
    line = baseline_bpm(epochs)
    if line is None:
        return (), ()
    moved = before * WINDOW_S
    up, down = (
        tuple(
            found.start_s - moved
            for found in excursions(epochs, line, sign)
            if 0.0 <= found.start_s - moved < stretch.seconds
        )
        for sign in (1, -1)
    )
    return up, down
