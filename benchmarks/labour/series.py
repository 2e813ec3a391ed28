"""The last hour of every record as windows of a minute, with what is known of the woman."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from fetal_hemo.recordings.public import RhythmCohort
from fetal_hemo.recordings.public.epochs import epoch_rates

LAST_S, WINDOW_S = 3_600, 60
LEAST_LIVE = 0.5  # of a window's samples: with less it says nothing of variation
MIDDLE_BPM, SPREAD_BPM = 140.0, 20.0  # of a term fetus; no statistic of these records


@dataclass(frozen=True, eq=False)
class Record:
    """One woman: `windows` (n, 2, 240) of rate and whether it is there, `start_s` (n,).

    `epochs` (n,) is the rate each 3.75 s in bpm, NaN where lost; `lost_share` of its samples.
    """

    woman: str
    windows: Tensor
    start_s: Tensor
    epochs: np.ndarray
    lost_share: float


def read_records(cohort: RhythmCohort) -> list[Record]:
    """A `Record` for each recording of the cohort, in its order."""
    rate_hz = cohort.rate_hz
    return [
        _record(recording.participant_id, cohort.series(recording), rate_hz)
        for recording in cohort.recordings
    ]


def _record(woman: str, bpm: np.ndarray, rate_hz: float) -> Record:
    size = round(WINDOW_S * rate_hz)
    last = bpm[-round(LAST_S * rate_hz) :]
    whole = last[len(last) % size :].reshape(-1, size)
    live = np.isfinite(whole)
    kept = np.flatnonzero(live.mean(axis=1) >= LEAST_LIVE)
    level = np.where(live, (whole - MIDDLE_BPM) / SPREAD_BPM, 0.0)
    windows = np.stack([level, live], axis=1)[kept].astype(np.float32)
    return Record(
        woman,
        torch.from_numpy(windows),
        torch.from_numpy((kept * WINDOW_S).astype(np.float32)),
        epoch_rates(last, rate_hz),
        float(1.0 - np.isfinite(last).mean()),
    )
