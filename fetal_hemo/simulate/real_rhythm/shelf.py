"""Where real rhythms stand: records of CTU-UHB, a rhythm cohort, or files of beat times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import CARD
from fetal_hemo.recordings.public.clinical import Outcomes, fields, outcomes, woman_cells
from fetal_hemo.recordings.public.ctu_uhb import DEFAULT_FOLDS
from fetal_hemo.recordings.public.ctu_uhb_card import ctu_uhb_card
from fetal_hemo.recordings.public.rhythm_cohort import RhythmCohort, open_rhythm_cohort
from fetal_hemo.recordings.public.source import RATE_HZ, Source
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.simulate.real_rhythm.beat_file import read_beats
from fetal_hemo.simulate.real_rhythm.entry import Entry
from fetal_hemo.simulate.real_rhythm.series import Series

RIGHTS = ("source", "licence", "attribution")  # what a card must hand on


class Shelf(NamedTuple):
    """A reader under the name of each series, which raises `FetalHemoError`; rights to keep."""

    readers: Mapping[str, Callable[[], Entry]]
    rights: Mapping[str, Any]


def open_shelf(folder: Path) -> Shelf:
    """The `Shelf` in a folder; nothing is read yet but a manifest.

    Raises E-NOT-FOUND, E-UNREADABLE, E-COHORT or E-MANIFEST.
    """
    try:
        names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        raise FetalHemoError("E-NOT-FOUND", "there is no such folder", str(folder)) from None
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise FetalHemoError("E-UNREADABLE", what, str(folder)) from None
    if CARD in names:
        return _cohort(open_rhythm_cohort(folder))
    if any(name.endswith(".hea") for name in names):
        return _ctu_uhb(Source(folder))
    beats = [folder / name for name in names if name.endswith(".npy")]
    if not beats:
        fix = "give records of CTU-UHB, a cohort of `fetal-hemo public`, or beat times as .npy"
        raise FetalHemoError("E-NOT-FOUND", "no real rhythm there", str(folder), fix)
    return Shelf({path.name: partial(_of_beats, path) for path in beats}, {})


def _ctu_uhb(source: Source) -> Shelf:
    card = ctu_uhb_card(DEFAULT_FOLDS, 0)
    readers = {name: partial(_of_record, source, name) for name in source.names()}
    return Shelf(readers, {name: card[name] for name in RIGHTS})


def _cohort(cohort: RhythmCohort) -> Shelf:
    if cohort.card.get("rate_hz") != RATE_HZ:
        what = f"its rates are not at {RATE_HZ} Hz"
        raise FetalHemoError("E-COHORT", what, str(cohort.folder), "make it again")
    readers = {r.recording_id: partial(_of_recording, cohort, r) for r in cohort.recordings}
    return Shelf(readers, {name: cohort.card[name] for name in RIGHTS if name in cohort.card})


def _of_record(source: Source, name: str) -> Entry:
    record = source.read(name)
    clinical = fields(record.comments)
    days = woman_cells(clinical)["gestational_age_days"]
    return _of_rate(record.bpm, float(days) if days else None, outcomes(clinical))


def _of_recording(cohort: RhythmCohort, recording: Recording) -> Entry:
    """The manifest's cells say what the header said."""
    said = {"pH": "ph", "Hypertension": "hypertension", "Preeclampsia": "preeclampsia"}
    clinical = {name: recording.extra.get(column, "") for name, column in said.items()}
    bpm = cohort.series(recording)
    return _of_rate(bpm, recording.gestational_age_days, outcomes(clinical))


def _of_beats(path: Path) -> Entry:
    return Entry(Series("beats", read_beats(path)), None, Outcomes(None, None, None))


def _of_rate(bpm: np.ndarray, days: float | None, known: Outcomes) -> Entry:
    return Entry(Series("rate", bpm), days, known)
