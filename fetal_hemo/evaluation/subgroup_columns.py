"""Which subgroup a recording belongs to, from what its row of the score table says."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fetal_hemo.evaluation.scores import ScoreTable

UNKNOWN = "not known"

# Upper ends, exclusive, and the names of the groups that they divide, in sorted order.
CUTS: dict[str, tuple[str, tuple[float, ...], tuple[str, ...]]] = {
    "gestational age": (
        "gestational_age_days",
        (98, 196),
        ("1st trimester (< 14 weeks)", "2nd trimester (14 to 27)", "3rd trimester (28 and more)"),
    ),
    "age": ("maternal_age_years", (20, 35), ("below 20 years", "from 20 to 34", "over 34 years")),
    "body mass index": (
        "bmi_kg_m2",
        (18.5, 25, 30),
        ("below 18.5", "from 18.5 to 24.9", "from 25 to 29.9", "over 29.9"),
    ),
    "parity": ("parity", (1,), ("no child yet", "one child or more")),
    "usable windows": ("usable_share", (0.5, 0.8), ("below 50 %", "from 50 to 79 %", "over 79 %")),
}
NAMED = {"device": "device_id", "site": "site_id"}


def subgroup_columns(table: ScoreTable) -> dict[str, NDArray[np.str_]]:
    """Group names `(rows,)` by variable; a variable with a single group is left out."""
    columns = {
        variable: _cut(getattr(table, column), ends, names)
        for variable, (column, ends, names) in CUTS.items()
    }
    for variable, column in NAMED.items():
        names = getattr(table, column)
        columns[variable] = np.where(names == "", UNKNOWN, names)
    return {name: groups for name, groups in columns.items() if len(np.unique(groups)) > 1}


def _cut(values: ArrayLike, ends: tuple[float, ...], names: tuple[str, ...]) -> NDArray[np.str_]:
    number = np.asarray(values, np.float64)
    groups = np.array(names)[np.searchsorted(ends, number, side="right").clip(max=len(ends))]
    return np.where(np.isfinite(number), groups, UNKNOWN)
