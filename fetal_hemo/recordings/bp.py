"""From a cuff reading to the class that the model learns."""

from __future__ import annotations

from fetal_hemo.constants import BP_CLASSES, POSITIVE_CLASSES
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.settings import Labels


def bp_class(sbp_mmhg: float | None, dbp_mmhg: float | None, labels: Labels) -> int | None:
    """Index into `BP_CLASSES` of a reading, None without one.

    A class begins where either pressure reaches its threshold; the highest class counts.
    """
    if sbp_mmhg is None or dbp_mmhg is None:
        return None
    index = 0
    for name in BP_CLASSES[1:]:
        systolic, diastolic = getattr(labels, name)
        if sbp_mmhg >= systolic or dbp_mmhg >= diastolic:
            index = BP_CLASSES.index(name)
    return index


def class_of(recording: Recording, labels: Labels) -> int | None:
    """Index into `BP_CLASSES` of the recording's visit, None without a reading."""
    return bp_class(recording.sbp_mmhg, recording.dbp_mmhg, labels)


def is_positive(index: int | None) -> bool | None:
    """Whether the class is hypertensive or severe; None without a class."""
    return None if index is None else BP_CLASSES[index] in POSITIVE_CLASSES
