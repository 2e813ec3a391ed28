"""Was a stage that saw labels fitted on women outside its fold?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fetal_hemo.evaluation.leakage.fitted import Fitted
from fetal_hemo.evaluation.leakage.question import Answer, LeakageInput, leak
from fetal_hemo.recordings.audit.finding import Finding

OUTSIDE = "was a label-using stage fitted outside its fold?"
ON_TEST = "was a scaler, a calibration or a threshold fitted on test women?"
CHOSEN = ("scaler", "calibration", "threshold", "epoch")  # words in the names of such stages
TEST = "test"


def stage_outside_fold(given: LeakageInput) -> Answer:
    """A leak for every stage that saw labels of women who are in another fold than it says.

    A run that does not say what was fitted on whom cannot be asked.
    """
    stages = [stage for stage in given.fitted if stage.used_labels]
    return Answer(OUTSIDE, tuple(_outside(stages, given)), bool(stages))


def fitted_on_test(given: LeakageInput) -> Answer:
    """A leak for every scaler, calibration or threshold that a test woman had a part in."""
    stages = [s for s in given.fitted if any(word in s.stage for word in CHOSEN)]
    found = []
    for stage in stages:
        theirs = sum(given.fold_of.get(woman) == TEST for woman in stage.women)
        if theirs:
            found.append(leak(f"{stage.stage}: fitted on {theirs} test women"))
    return Answer(ON_TEST, tuple(found), bool(stages))


def _outside(stages: Sequence[Fitted], given: LeakageInput) -> Iterator[Finding]:
    for stage in stages:
        folds = Counter(given.fold_of.get(woman, "no fold") for woman in stage.women)
        others = {fold: count for fold, count in folds.items() if fold != stage.fold}
        if others:
            words = " and ".join(f"{count} of {fold}" for fold, count in sorted(others.items()))
            yield leak(
                f"{stage.stage}: of {len(stage.women)} women it was fitted on, {words}, "
                f"not of {stage.fold}"
            )
