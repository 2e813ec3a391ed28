"""Simulated rhythm against real rhythm, each pair of the same kind and length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.realism.beat_series import (
    beat_variation,
    heard_with_error,
    hearing_error_ms,
    stretches,
)
from benchmarks.realism.clocks import simulated_beats
from benchmarks.realism.ctg_series import as_ctg, ctg_variation, real_rates
from benchmarks.realism.quantiles import quantiles, rounded, share_within
from benchmarks.realism.variation import Variation

CTG_S, BEATS_S = 600.0, 180.0
TERM_WEEKS = 37.0
BEAT_FILES = ("beats_patient6.npy", "beats_patient7.npy")
Table = dict[str, Any]


def rhythm_tables(women: int, data: Path | None) -> dict[str, Table]:
    """At 4 Hz against CTU-UHB, and beat by beat against two fetuses."""
    term = simulated_beats(women, CTG_S, TERM_WEEKS)
    ctg = [ctg_variation(as_ctg(beats, CTG_S)) for beats in term]
    return {
        "against_ctu_uhb": {
            "real_is": "CTU-UHB: in labour, at term; contractions and decelerations are in it",
            "simulated_is": "antenatal, last visit at or after 37 weeks, averaged as CTG does",
            "seconds": CTG_S,
            **_compare(ctg, _real_ctg(data)),
        },
        **_beat_tables(women, data),
    }


def _beat_tables(women: int, data: Path | None) -> dict[str, Table]:
    """True simulated beats, and the same heard with the error that the real ones show."""
    true, real = list(simulated_beats(women, BEATS_S, 0.0)), _real_beats(data)
    error_ms = float(np.mean([hearing_error_ms(beats) for beats in real])) if real else 0.0
    rng = np.random.default_rng(0)
    heard = [heard_with_error(beats, error_ms, rng) for beats in true]
    parts = _of_beats([part for beats in real for part in stretches(beats, BEATS_S)])
    return {
        "against_real_beats": {
            "real_is": "beats heard in Doppler sound of two fetuses, with the errors of hearing",
            "simulated_is": "true beats, any week",
            "seconds": BEATS_S,
            **_compare(_of_beats(true), parts),
        },
        "against_real_beats_heard_alike": {
            "real_is": "the same",
            "simulated_is": "the same, with the error of hearing that the real series show",
            "hearing_error_ms": rounded(error_ms),
            "note": "the error is found in the same real series and makes most of RMSSD: that both "
            "agree here says nothing about the simulator",
            "seconds": BEATS_S,
            **_compare(_of_beats(heard), parts),
        },
    }


def _real_ctg(data: Path | None) -> list[Variation]:
    folder = None if data is None else data / "ctu-uhb"
    if folder is None or not folder.is_dir():
        return []
    return [ctg_variation(bpm) for bpm in real_rates(folder, CTG_S)]


def _real_beats(data: Path | None) -> list[np.ndarray]:
    paths = [] if data is None else [data / "doppler" / name for name in BEAT_FILES]
    return [np.load(path, allow_pickle=False) for path in paths if path.is_file()]


def _of_beats(stretches_s: list[np.ndarray]) -> list[Variation]:
    found = [beat_variation(beats, BEATS_S) for beats in stretches_s]
    return [one for one in found if one is not None]


def _compare(simulated: list[Variation], real: list[Variation]) -> Table:
    """A row a measure; where nothing real is there, the simulated quantiles alone."""
    here, there = np.array(simulated), np.array(real)
    rows: dict[str, Table] = {}
    for column, name in enumerate(Variation._fields):
        rows[name] = {"simulated": quantiles(here[:, column])}
        if real:
            found = quantiles(there[:, column])
            rows[name]["real"] = found
            inside = share_within(here[:, column], found["q05"], found["q95"])
            rows[name]["share_inside_real_q05_q95"] = inside
    return {
        "stretches_simulated": len(simulated),
        "stretches_real": len(real) or "not there",
        "measures": rows,
    }
