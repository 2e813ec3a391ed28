"""When valves open and close in each simulated beat, and in which window that is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.truth import from_truth

EVENTS = ("q_wave", "mitral_closing", "aortic_opening", "aortic_closing", "mitral_opening")
INTERVALS = ("emd", "ict", "et", "irt")  # of the truth, from each event to the next


def known_events(cohort: Cohort, recording_id: str) -> np.ndarray:
    """Times `(events, beats)` in seconds from the start of a recording. Raises E-COHORT."""
    return from_truth(cohort, recording_id, _of_beats)


def _of_beats(truth: dict[str, Any]) -> np.ndarray:
    rows = [truth["beats_s"], *(truth["intervals_ms"][name] for name in INTERVALS)]
    spans = np.array(rows, dtype=np.float64)
    if spans.shape != (len(EVENTS), len(truth["beats_s"])) or not np.isfinite(spans).all():
        raise ValueError("beats and intervals are not of one length")
    spans[1:] /= 1_000
    return np.cumsum(spans, axis=0)


def events_in_windows(pairs: Iterable[tuple[np.ndarray, Sequence[int]]]) -> Tensor:
    """`(windows, events, most beats)` in seconds from each window's start; NaN where none is.

    `pairs` are the times `(events, beats)` of recordings, and the windows that are asked for.
    """
    rows = [_inside(times, index * WINDOW_S) for times, windows in pairs for index in windows]
    if not rows:
        return torch.zeros(0, len(EVENTS), 0)
    return pad_sequence(rows, batch_first=True, padding_value=torch.nan).transpose(1, 2)


def _inside(times: np.ndarray, start_s: float) -> Tensor:
    """`(beats, events)` of the beats that have an event in the window."""
    since = times - start_s
    inside = (since[-1] > 0) & (since[0] < WINDOW_S)
    return torch.from_numpy(since[:, inside].T.astype(np.float32))
