"""Of a study: who the test women were, with and without a raised visit (Table 1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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

    Visits are counted, not women: age and body-mass index weigh as often as a woman came.
    """
    groups = {"below the limits": table.label == 0, "raised": table.label == 1}
    return {
        name: {
            "women": len(np.unique(table.participant_id[rows])),
            "recordings": int(rows.sum()),
            "nulliparous": _share(table.parity[rows] == 0, table.parity[rows]),
            "columns": {
                title: _spread(getattr(table, column)[rows] / unit)
                for title, (column, unit) in COLUMNS.items()
            },
        }
        for name, rows in groups.items()
    }


def _share(hits: NDArray[np.bool_], known: NDArray[np.float64]) -> float | None:
    rows = np.isfinite(known)
    return float(hits[rows].mean()) if rows.any() else None


def _spread(values: NDArray[np.float64]) -> Json:
    known = values[np.isfinite(values)]
    quartiles = np.quantile(known, QUARTILES).tolist() if len(known) else None
    return {"quartiles": quartiles, "unknown": int(len(values) - len(known))}
