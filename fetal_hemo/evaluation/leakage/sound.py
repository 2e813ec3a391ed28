"""Is the same sound in more than one fold: whole files, or stretches of some seconds?"""

from __future__ import annotations

from collections.abc import Iterator

from fetal_hemo.evaluation.leakage.question import Answer, LeakageInput, leak
from fetal_hemo.recordings.audit.finding import Finding
from fetal_hemo.recordings.audit.sharing import Shared

FILES = "is the same audio file in more than one fold?"
WINDOWS = "are there near-duplicate windows in more than one fold?"


def duplicate_audio(given: LeakageInput) -> Answer:
    """A leak for every file whose bytes are in two folds."""
    pairs = [pair for pair in given.shared or () if pair.twin is None]
    return Answer(FILES, tuple(_across(pairs, given)), given.shared is not None)


def near_duplicate_windows(given: LeakageInput) -> Answer:
    """A leak for every two recordings of two folds that share a stretch of sound.

    It is found at another gain, polarity or offset too; see `recordings.audit.twins`.
    """
    pairs = [pair for pair in given.shared or () if pair.twin is not None]
    return Answer(WINDOWS, tuple(_across(pairs, given)), given.shared is not None)


def _across(pairs: list[Shared], given: LeakageInput) -> Iterator[Finding]:
    for pair in pairs:
        folds = [given.fold_of.get(r.participant_id) for r in (pair.first, pair.second)]
        if folds[0] != folds[1]:
            rows = f"rows {pair.first.row} and {pair.second.row}"
            yield leak(f"{rows}: {pair.words()}, in {folds[0]} and in {folds[1]}")
