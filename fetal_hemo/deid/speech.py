"""Where people talk in a recording, heard by the quality head of the shipped bundle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from firmware_bridge.audio import read_audio
from firmware_bridge.bundle import open_bundle
from firmware_bridge.constants import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from firmware_bridge.decode import open_source
from firmware_bridge.errors import FetalHemoError
from firmware_bridge.runtime import WindowRunner
from firmware_bridge.screen import DEFAULT_BUNDLE
from firmware_bridge.trust import trusted_keys

TALKING = "talking"
BLOCK = 64  # windows copied at once
STEP_SAMPLES = WINDOW_SAMPLES // 4
# A moment's probability of talking is the mean of the windows around it. Measured on simulated
# recordings (true stretches of speech, wherever they lie): these find 99.1 % of the speech and
# take 3.0 % of the other time with it; 0.5 and 0.3 find 95.3 % and take 1.4 %.
SURE = 0.3  # where a stretch of speech must come to
PERHAPS = 0.1  # as far as it reaches


@dataclass(frozen=True)
class Span:
    """A stretch of speech, in seconds from the start."""

    start_s: float
    stop_s: float


class SpeechFinder:
    """The window graph of the shipped bundle, asked for one class.

    Raises `FetalHemoError` with the E-BUNDLE codes.
    """

    def __init__(self) -> None:
        bundle = open_bundle(DEFAULT_BUNDLE, trusted_keys(()))
        self._runner = WindowRunner(bundle)
        self._class = bundle.manifest["quality_classes"].index(TALKING)

    def find(self, path: Path) -> tuple[Span, ...]:
        """Stretches of speech in any channel of a sound file, which do not touch.

        Raises as `read_audio` does.
        """
        with open_source(path) as source:
            channels = range(source.channels)
        heard = [samples for index in channels if (samples := _samples(path, index)) is not None]
        if not heard:
            what = "every sample has the same value"
            raise FetalHemoError("E-CONSTANT", what, str(path), "was the probe connected?")
        edges = piece_edges(len(heard[0]))
        return spoken_spans(np.max([self.probability(x, edges) for x in heard], axis=0), edges)

    def probability(self, samples: np.ndarray, edges: np.ndarray) -> np.ndarray:
        """Probability `(pieces,)` of talking between edges: the mean of the windows around."""
        starts = window_starts(len(samples))
        windows = sliding_window_view(samples, WINDOW_SAMPLES)
        parts = np.array_split(starts, -(-len(starts) // BLOCK))  # windows overlap in memory, too
        talking = np.concatenate(
            [self._runner.run(windows[part]).quality[:, self._class] for part in parts]
        )
        middle = (edges[:-1, None] + edges[1:, None]) / 2
        around = (starts <= middle) & (middle < starts + WINDOW_SAMPLES)
        return around @ talking / around.sum(axis=1)


def _samples(path: Path, channel: int) -> np.ndarray | None:
    """One channel at 4 kHz, None if it is dead: a unit may use one of its two."""
    try:
        return read_audio(path, lambda _: channel).samples
    except FetalHemoError as error:
        if error.code != "E-CONSTANT":
            raise
        return None


def window_starts(samples: int) -> np.ndarray:
    """First samples of windows that begin every quarter window and reach the very end."""
    last = samples - WINDOW_SAMPLES
    return np.unique([*range(0, last + 1, STEP_SAMPLES), last])


def piece_edges(samples: int) -> np.ndarray:
    """Borders `(pieces + 1,)` between which the same windows lie around every sample."""
    starts = window_starts(samples)
    return np.unique([*starts, *(starts + WINDOW_SAMPLES)])


def spoken_spans(probability: np.ndarray, edges: np.ndarray) -> tuple[Span, ...]:
    """Stretches of pieces that may be speech, of which one at least surely is."""
    perhaps = np.concatenate([[False], probability >= PERHAPS, [False]])
    borders = np.flatnonzero(np.diff(perhaps)).reshape(-1, 2)
    at = edges / SAMPLE_RATE_HZ
    return tuple(
        Span(float(at[first]), float(at[last]))
        for first, last in borders
        if probability[first:last].max() >= SURE
    )
