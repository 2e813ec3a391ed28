"""Is a woman in more than one fold, under one name or under two?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fetal_hemo.evaluation.leakage.question import Answer, LeakageInput, leak
from fetal_hemo.recordings.audit.finding import Finding, rows_text
from fetal_hemo.recordings.audit.women import same_woman_pairs

QUESTION = "is a woman in more than one fold?"


def woman_across_folds(given: LeakageInput) -> Answer:
    """A leak for every participant without a fold, and for every two who are likely one woman."""
    return Answer(QUESTION, tuple(_found(given)))


def _found(given: LeakageInput) -> Iterator[Finding]:
    rows: dict[str, list[int]] = defaultdict(list)
    for recording in given.recordings:
        rows[recording.participant_id].append(recording.row)
    for woman, hers in rows.items():
        if woman not in given.fold_of:
            yield leak(f"{rows_text(hers)}: the woman is in no fold")
    for one, other, why in same_woman_pairs(given.recordings):
        folds = [given.fold_of.get(woman) for woman in (one, other)]
        if folds[0] != folds[1]:
            both = rows_text([*rows[one], *rows[other]])
            yield leak(f"{both}: likely one woman ({why}), in {folds[0]} and in {folds[1]}")
