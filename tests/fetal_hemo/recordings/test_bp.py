"""Blood-pressure classes at and around every threshold."""

from __future__ import annotations

import pytest

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.bp import bp_class, class_of, is_positive
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.settings import Labels


@pytest.mark.parametrize(
    ("sbp", "dbp", "name"),
    [
        (119, 79, "normal"),
        (120, 79, "elevated"),
        (119, 80, "elevated"),
        (139, 89, "elevated"),
        (140, 60, "hypertensive"),
        (110, 90, "hypertensive"),
        (159, 109, "hypertensive"),
        (160, 70, "severe"),
        (125, 110, "severe"),
    ],
)
def test_either_pressure_is_enough(sbp: float, dbp: float, name: str) -> None:
    index = bp_class(sbp, dbp, load_recipe().labels)
    assert index is not None
    assert BP_CLASSES[index] == name
    assert is_positive(index) == (sbp >= 140 or dbp >= 90)


@pytest.mark.parametrize(("sbp", "dbp"), [(None, None), (150, None), (None, 95)])
def test_no_class_without_a_reading(sbp: float | None, dbp: float | None) -> None:
    assert bp_class(sbp, dbp, load_recipe().labels) is None
    assert is_positive(None) is None


def test_the_thresholds_are_the_recipes() -> None:
    strict = Labels(elevated=(110, 70), hypertensive=(130, 80), severe=(140, 90))
    recording = Recording("r", "w", "v", "a.flac", sbp_mmhg=131, dbp_mmhg=70)
    assert BP_CLASSES[class_of(recording, strict) or 0] == "hypertensive"
    assert BP_CLASSES[class_of(recording, load_recipe().labels) or 0] == "elevated"
