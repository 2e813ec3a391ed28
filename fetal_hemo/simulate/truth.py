"""The truth file of a simulated recording: what no real recording comes with."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from fetal_hemo.constants import QUALITY_CLASSES, WINDOW_S
from fetal_hemo.simulate.depth import depth_cm
from fetal_hemo.simulate.recording import Recording
from fetal_hemo.simulate.rhythm import STATES

# What a borrowed rhythm does not follow: null in the truth then.
OF_THE_CLOCK = ("rate_bpm", "stv_ms", "ltv_ms", "accelerations", "decelerations")


def truth_of(made: Recording) -> dict[str, Any]:
    """JSON-ready truth: beats, intervals, events, quality and rate of each window, latents."""
    borrowed = made.borrowed
    return {
        "simulated": True,
        "rhythm": None if borrowed is None else borrowed.truth(),
        "beats_s": np.round(made.clock.q_s, 4).tolist(),
        "intervals_ms": {
            name: np.round(1_000 * getattr(made.spans, f"{name}_s"), 2).tolist()
            for name in ("emd", "ict", "et", "irt")
        },
        "accelerations_s": list(made.clock.accelerations_s),
        "decelerations_s": list(made.clock.decelerations_s),
        "movements_s": made.movements.movements_s,
        "breathing_s": made.movements.breathing_s,
        "windows": _windows(made),
        "fetus": {**asdict(made.fetus), **dict.fromkeys(OF_THE_CLOCK if borrowed else ())},
        "beam": asdict(made.beam),
        "device": asdict(made.device),
        "depth_cm": round(depth_cm(made.visit.bmi), 2),
        "gestational_diabetes": made.woman.gestational_diabetes,
        "latents": {
            "insufficiency": made.visit.insufficiency,
            "contested_sign": made.woman.contested_sign,
            "liability": made.visit.liability,
            "traits": made.woman.traits,
        },
        "blood_pressure": asdict(made.visit.pressure),
    }


def _windows(made: Recording) -> list[dict[str, Any]]:
    starts = WINDOW_S * np.arange(len(made.quality))
    state = made.clock.state[np.searchsorted(made.clock.q_s, starts)]
    return [
        {
            "start_s": float(start),
            "quality": QUALITY_CLASSES[int(label)],
            "state": STATES[int(now)],
            "heart_rate_bpm": round(made.clock.rate_bpm(float(start)), 2),
            "snr_db": round(float(ratio), 1),
        }
        for start, label, now, ratio in zip(starts, made.quality, state, made.snr_db, strict=True)
    ]
