"""Each leak is planted alone, and found by its own question."""

from __future__ import annotations

import dataclasses

import pytest

from fetal_hemo.evaluation.leakage import (
    Fitted,
    LeakageInput,
    audit_leakage,
    sound,
    stage,
    time_order,
    woman,
)
from fetal_hemo.recordings.audit.sharing import Shared
from fetal_hemo.recordings.audit.twins import Twin
from tests.fetal_hemo.evaluation.leakage.conftest import FOLDS, RECORDINGS, STAGES, row

TWIN = Twin(0, 1, offset_s=2.0, shared_s=20.0, gain_db=6.0, inverted=False, coherence=0.9)


def test_a_sound_study_is_clean(audit) -> None:
    assert audit() == {}


def test_one_woman_under_two_names(audit) -> None:
    recordings = [*RECORDINGS, row(90, "D", gestational_age_days=170.0)]
    found = audit(recordings=recordings, fold_of=FOLDS | {"D": "train"})
    (text,) = found.pop(woman.QUESTION)
    assert "likely one woman (ids that differ only in spelling), in test and in train" in text
    assert not found


def test_one_woman_under_two_names_in_one_fold_is_no_leak(audit) -> None:
    recordings = [*RECORDINGS, row(90, "D", gestational_age_days=170.0)]
    assert audit(recordings=recordings, fold_of=FOLDS | {"D": "test"}) == {}


def test_a_woman_in_no_fold(audit) -> None:
    found = audit(recordings=[*RECORDINGS, row(90, "stranger")])
    assert found == {woman.QUESTION: ["defect: row 90: the woman is in no fold"]}


@pytest.mark.parametrize(
    ("twin", "question"), [(None, sound.FILES), (TWIN, sound.WINDOWS)], ids=["file", "windows"]
)
def test_the_same_sound(audit, twin: Twin | None, question: str) -> None:
    across = Shared(RECORDINGS[0], RECORDINGS[6], twin)
    found = audit(shared=[across])
    assert list(found) == [question]
    assert "rows 2 and 8" in found[question][0]
    assert "in train and in test" in found[question][0]
    assert audit(shared=[Shared(RECORDINGS[0], RECORDINGS[2], twin)]) == {}  # both in train


def test_prototypes_of_all_women(audit) -> None:
    everybody = Fitted("class prototypes", "train", True, tuple(FOLDS))
    found = audit(fitted=[*STAGES, everybody])
    (text,) = found.pop(stage.OUTSIDE)
    said = "of 5 women it was fitted on, 2 of test and 1 of validation, not of train"
    assert text == f"defect: class prototypes: {said}"
    assert set(found) <= {time_order.QUESTION}  # later visits of test women were seen too


def test_calibration_of_training_women(audit) -> None:
    found = audit(fitted=[*STAGES, Fitted("calibration", "validation", True, ("a", "c"))])
    assert list(found) == [stage.OUTSIDE]
    assert "1 of train, not of validation" in found[stage.OUTSIDE][0]


@pytest.mark.parametrize("name", ["scaler of the controls", "threshold", "calibration"])
def test_scaler_or_threshold_of_test_women(audit, name: str) -> None:
    found = audit(fitted=[*STAGES, Fitted(name, "test", False, ("d",))])
    assert found[stage.ON_TEST] == [f"defect: {name}: fitted on 1 test women"]
    assert stage.OUTSIDE not in found


def test_a_later_visit_of_a_tested_woman_was_fitted(audit) -> None:
    """Under her other name, so that the folds by name look sound."""
    recordings = [*RECORDINGS, row(90, "D", gestational_age_days=270.0)]
    fitted = [*STAGES, Fitted("encoders", "train", False, ("D",))]
    found = audit(recordings=recordings, fold_of=FOLDS | {"D": "train"}, fitted=fitted)
    (text,) = found[time_order.QUESTION]
    assert text.startswith("defect: row 90: fitted, and later than the first of her tested rows")


def test_visits_whose_order_contradicts_itself_are_warned_of(audit) -> None:
    wrong = [dataclasses.replace(r, visit_order=3 - (r.visit_order or 0)) for r in RECORDINGS]
    found = audit(recordings=wrong)
    assert list(found) == [time_order.QUESTION]
    assert found[time_order.QUESTION][0].startswith("warning: ")


def test_a_run_that_says_nothing_is_not_called_clean() -> None:
    found = audit_leakage(LeakageInput(RECORDINGS, FOLDS, (), None))
    assert found["clean"] is None
    assert "4 of 6 questions could not be asked" in found["verdict"]
