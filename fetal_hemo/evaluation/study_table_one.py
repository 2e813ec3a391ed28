"""Of a study: who the test women were, with and without a raised visit (Table 1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fetal_hemo.evaluation.few_women import why_not_shown
from fetal_hemo.evaluation.scores import ScoreTable
from fetal_hemo.evaluation.study_input import Json

COLUMNS = {
    "maternal age (years)": ("maternal_age_years", 1.0),
    "body-mass index (kg/m2)": ("bmi_kg_m2", 1.0),
    "gestation (weeks)": ("gestational_age_days", 7.0),
    "systolic (mmHg)": ("sbp_mmhg", 1.0),
    "diastolic (mmHg)": ("dbp_mmhg", 1.0),
    "fetal heart rate (bpm)": ("mean_bpm", 1.0),
    "short-term variation (ms)": ("short_term_variation_ms", 1.0),
    "share of usable windows": ("usable_share", 1.0),
}
QUARTILES = (0.25, 0.5, 0.75)


def table_one_part(table: ScoreTable) -> Json:
    """Women, recordings, and of each column median, quartiles and unknown cells, by label.

    Visits are counted, not women: age and body-mass index weigh as often as a woman came. What is
    known of too few women is not told but for the reason.
    """
    groups = {"below the limits": table.label == 0, "raised": table.label == 1}
    return {name: _group(table.select(rows)) for name, rows in groups.items()}


def _group(table: ScoreTable) -> Json:
    women = table.participant_id
    return {
        "women": len(np.unique(women)),
        "recordings": len(table),
        **_nulliparous(table.parity, women),
        "columns": {
            title: _spread(getattr(table, column) / unit, women)
            for title, (column, unit) in COLUMNS.items()
        },
    }


def _nulliparous(parity: NDArray[np.float64], women: NDArray[np.str_]) -> Json:
    known = np.isfinite(parity)
    reason = why_not_shown(women[known])
    share = None if reason else float((parity[known] == 0).mean())
    return {"nulliparous": share, "nulliparous_reason": reason}


def _spread(values: NDArray[np.float64], women: NDArray[np.str_]) -> Json:
    known = np.isfinite(values)
    reason = why_not_shown(women[known])
    quartiles = None if reason else np.quantile(values[known], QUARTILES).tolist()
    return {"quartiles": quartiles, "unknown": int((~known).sum()), "reason": reason}
