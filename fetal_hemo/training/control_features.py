"""What the controls are given: everything about a visit except the sound of the heart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fetal_hemo.evaluation import ControlFeatures, controls
from fetal_hemo.training.survey import Visit

Table = dict[str, ControlFeatures]


def control_features(train: Sequence[Visit], test: Sequence[Visit]) -> Table:
    """Features by control name, rows in the order of the visits; unknown values are NaN."""
    makers = {
        controls.CLINICAL: _clinical,
        controls.RHYTHM: _rhythm,
        controls.QUALITY: lambda visit: [*visit.quality_shares, len(visit.usable) / visit.windows],
        controls.GESTATION: lambda visit: [visit.recording.gestational_age_days],
    }
    return {
        name: ControlFeatures(numbers([make(v) for v in train]), numbers([make(v) for v in test]))
        for name, make in makers.items()
    }


def _clinical(visit: Visit) -> list[float | None]:
    known = visit.recording
    return [known.maternal_age_years, known.gestational_age_days, known.bmi_kg_m2]


def _rhythm(visit: Visit) -> list[float | None]:
    return [visit.mean_bpm, visit.short_term_variation_ms, visit.long_term_variation_ms]


def numbers(rows: list[list[float | None]]) -> np.ndarray:
    """Float array of rows in which None is NaN."""
    return np.array([[np.nan if x is None else x for x in row] for row in rows], np.float64)
