"""The simulator's truth of a recording, read with one-line errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import TRUTH, Cohort

Found = TypeVar("Found")


def from_truth(cohort: Cohort, recording_id: str, take: Callable[[dict[str, Any]], Found]) -> Found:
    """What `take` finds in the truth of a recording.

    Raises E-COHORT where there is none, as no real recording has one, or where it is damaged.
    """
    path = cohort.folder / TRUTH / f"{recording_id}.json"
    try:
        return take(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        what = f"no whole truth of recording {recording_id}, which only a simulated cohort has"
        fix = "set pretrain.physiology_weight = 0 and pretrain.events_weight = 0, or pretrain on a "
        fix += "simulated cohort"
        raise FetalHemoError("E-COHORT", what, str(cohort.folder / TRUTH), fix) from error
