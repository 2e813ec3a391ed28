"""Which subgroup a recording belongs to, from what its row of the score table says."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.scores import ScoreTable

UNKNOWN = "not known"

# Column, lower ends of all groups but the first, and the names of the groups.
CUTS: dict[str, tuple[str, tuple[float, ...], tuple[str, ...]]] = {
    "gestation": (
        "gestational_age_days",
        (98, 196),
        ("below 14 weeks", "14 to 27 weeks", "28 weeks or more"),
    ),
    "age": ("maternal_age_years", (20, 35), ("below 20 years", "20 to 34 years", "35 or more")),
    "BMI": (
        "bmi_kg_m2",
        (18.5, 25, 30),
        ("below 18.5", "18.5 to 24.9", "25 to 29.9", "30 or more"),
    ),
    "parity": ("parity", (1,), ("no child yet", "one child or more")),
    "usable windows": ("usable_share", (0.5, 0.8), ("below 50 %", "50 to 79 %", "80 % or more")),
}
NAMED = {"device": "device_id", "site": "site_id"}


class Groups(NamedTuple):
    """`names` of groups in the order to show, and the number of each row's as `member` (rows,)."""

    names: tuple[str, ...]
    member: NDArray[np.intp]


def subgroup_columns(table: ScoreTable) -> dict[str, Groups]:
    """`Groups` by variable; one with a single group is left out."""
    columns = {
        variable: _cut(getattr(table, column), ends, names)
        for variable, (column, ends, names) in CUTS.items()
    }
    for variable, column in NAMED.items():
        names, index = np.unique(getattr(table, column), return_inverse=True)
        shown = tuple(str(name) or UNKNOWN for name in names)
        columns[variable] = Groups(shown, index.reshape(-1))
    return {name: groups for name, groups in columns.items() if len(np.unique(groups.member)) > 1}


def _cut(values: ArrayLike, ends: tuple[float, ...], names: tuple[str, ...]) -> Groups:
    number = np.asarray(values, np.float64)
    index = np.searchsorted(ends, number, side="right")
    index[~np.isfinite(number)] = len(names)
    return Groups((*names, UNKNOWN), index)
