"""The same measures in every subgroup, and none where so few women could be named by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.evaluation.calibration import calibration_slope_intercept
from fetal_hemo.evaluation.estimate import Estimate, missing
from fetal_hemo.evaluation.few_women import FEWEST_WOMEN
from fetal_hemo.evaluation.operating_point import operating_point
from fetal_hemo.evaluation.proportion import clustered_proportion
from fetal_hemo.evaluation.subgroup_columns import Groups


class Subgroup(NamedTuple):
    """One row of the table; `events` is None, and no measure is given, where it is suppressed."""

    variable: str
    group: str
    rows: int
    events: int | None
    auroc: Estimate
    slope: Estimate
    sensitivity: Estimate
    specificity: Estimate
    answered: Estimate


class Judged(NamedTuple):
    """What is known of each recording `(rows,)`; `scored` ones have a probability."""

    probability: NDArray[np.float64]
    labels: NDArray[np.int64]
    women: NDArray[np.str_]
    scored: NDArray[np.bool_]


def subgroups(
    columns: Mapping[str, Groups], judged: Judged, threshold: ArrayLike
) -> list[Subgroup]:
    """`Subgroup`s of each variable; a group without a recording is left out.

    `threshold` is one number or one a row `(rows,)`.

    Where fewer than 10 women have a scored recording of either class, only their number is given.
    Many subgroups are many comparisons: an interval apart from the others' is a question, not an
    answer.
    """
    found = []
    thresholds = np.broadcast_to(np.asarray(threshold, np.float64), judged.labels.shape)
    for variable, groups in columns.items():
        for number, name in enumerate(groups.names):
            inside = groups.member == number
            if inside.any():
                found.append(_subgroup(variable, name, inside, judged, thresholds))
    return found


def _subgroup(
    variable: str,
    group: str,
    inside: NDArray[np.bool_],
    judged: Judged,
    thresholds: NDArray[np.float64],
) -> Subgroup:
    rows = inside & judged.scored
    chance, label, woman = judged.probability[rows], judged.labels[rows], judged.women[rows]
    events = int((label == 1).sum())
    if min(len(np.unique(woman[label == one])) for one in (0, 1)) < FEWEST_WOMEN:
        none = missing(f"fewer than {FEWEST_WOMEN} women of one class")
        return Subgroup(variable, group, int(inside.sum()), None, none, none, none, none, none)
    point = operating_point(chance, label, woman, thresholds[rows])
    return Subgroup(
        variable,
        group,
        int(inside.sum()),
        events,
        clustered_auroc(chance, label, woman),
        calibration_slope_intercept(chance, label, woman)[0],
        point.sensitivity,
        point.specificity,
        clustered_proportion(judged.scored[inside], judged.women[inside]),
    )
