"""A cohort of heart-rate series without sound: opened, and read one recording at a time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import CARD, MANIFEST, audio_path
from fetal_hemo.recordings.folds import Folds, read_folds
from fetal_hemo.recordings.manifest import read_manifest
from fetal_hemo.recordings.public.epochs import epoch_rates
from fetal_hemo.recordings.public.rhythm_file import decode_rhythm
from fetal_hemo.recordings.recording import Recording
from firmware_bridge.variability import long_term_variation_ms, mean_bpm, short_term_variation_ms

KIND = "rhythm"
SPLITS = "splits.json"


@dataclass(frozen=True)
class Rhythm:
    """Mean rate and Dawes-Redman variation of a recording; None with too little signal."""

    mean_bpm: float | None
    short_term_variation_ms: float | None
    long_term_variation_ms: float | None


@dataclass(frozen=True)
class RhythmCohort:
    """The recordings of a folder, its card (source, licence, attribution) and its folds."""

    folder: Path
    recordings: tuple[Recording, ...]
    card: dict[str, Any]

    @property
    def rate_hz(self) -> float:
        """Samples a second of every series."""
        return float(self.card["rate_hz"])

    @cached_property
    def folds(self) -> Folds:
        """Which women are held out together. Raises E-NOT-FOUND or E-SPLIT."""
        return read_folds(self.folder / SPLITS)

    def series(self, recording: Recording) -> np.ndarray:
        """The heart rate `(time,)` in bpm, float32, NaN where lost.

        Raises E-NOT-FOUND, E-DAMAGED or E-COHORT.
        """
        path = audio_path(self.folder, recording)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise FetalHemoError("E-NOT-FOUND", "the series is missing", str(path)) from None
        if recording.sha256 not in (None, hashlib.sha256(content).hexdigest()):
            fix = "make the cohort again"
            raise FetalHemoError("E-COHORT", "not the series in the manifest", str(path), fix)
        return decode_rhythm(content, str(path))

    def epochs(self, recording: Recording) -> np.ndarray:
        """One rate each 3.75 s `(epochs,)` in bpm, NaN with under half an epoch alive."""
        return epoch_rates(self.series(recording), self.rate_hz)

    def rhythm(self, recording: Recording) -> Rhythm:
        """Mean rate, short-term and long-term variation over the epochs.

        Decelerations are not cut out, so in labour the variation is far above antenatal values.
        """
        bpm = self.epochs(recording)
        return Rhythm(mean_bpm(bpm), short_term_variation_ms(bpm), long_term_variation_ms(bpm))

    def labels(self, name: str) -> np.ndarray:
        """`(recordings,)` of 1, 0, and NaN where unknown, of a label column. Raises E-COHORT."""
        if name not in self.card["labels"]:
            known = ", ".join(self.card["labels"])
            raise FetalHemoError(
                "E-COHORT", f"no label {name}", str(self.folder), f"one of {known}"
            )
        cells = [recording.extra.get(name, "") for recording in self.recordings]
        return np.array([float(cell) if cell in ("0", "1") else np.nan for cell in cells])


def open_rhythm_cohort(folder: Path | str) -> RhythmCohort:
    """The rhythm cohort in a folder; no series is read yet.

    Raises E-NOT-FOUND or E-MANIFEST for the manifest, E-COHORT for another kind of cohort.
    """
    folder = Path(folder)
    recordings = tuple(read_manifest(folder / MANIFEST))
    return RhythmCohort(folder, recordings, read_card(folder))


def read_card(folder: Path) -> dict[str, Any]:
    """`cohort.json` of a rhythm cohort. Raises E-COHORT."""
    path = folder / CARD
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        card = None
    if not isinstance(card, dict) or card.get("kind") != KIND:
        fix = "make one with `fetal-hemo public`"
        raise FetalHemoError("E-COHORT", "not the card of a rhythm cohort", str(path), fix)
    return card
