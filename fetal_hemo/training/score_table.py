"""The score table of visits: what the model said, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.evaluation import ScoreTable
from fetal_hemo.training.calibrate import probability_of
from fetal_hemo.training.control_features import numbers
from fetal_hemo.training.scoring import POSITIVE, Scores
from fetal_hemo.training.survey import Visit

OF_A_VISIT = [field.name for field in fields(ScoreTable)][12:]  # the numbers in their order


def score_table(
    visits: Sequence[Visit],
    scores: Scores,
    calibration: dict[str, Any],
    fold: str,
    unheard: Sequence[Visit] = (),
) -> ScoreTable:
    """The `ScoreTable` of a fold's visits, with probabilities as a device would give them.

    `unheard` visits follow without a probability: a device abstains from them.
    """
    margins = scores.margins.astype(np.float64)
    probability = probability_of(margins, calibration["slope"], calibration["intercept"])
    gap = np.full(len(unheard), np.nan)
    return table_of(
        [*visits, *unheard],
        fold,
        np.concatenate([probability, gap]),
        np.concatenate([margins, gap]),
        np.concatenate([scores.logits, np.full((len(unheard), len(BP_CLASSES)), np.nan)]),
    )


def table_of(
    visits: Sequence[Visit],
    fold: str,
    probability: np.ndarray,
    margins: np.ndarray,
    logits: np.ndarray,
) -> ScoreTable:
    """The table of visits `(rows,)`; a row without a probability was abstained from."""
    known = [visit.recording for visit in visits]
    measured = numbers([_numbers(visit) for visit in visits]).reshape(-1, len(OF_A_VISIT)).T
    return ScoreTable(
        np.array([r.recording_id for r in known], np.str_),
        np.array([r.participant_id for r in known], np.str_),
        np.array([r.visit_id for r in known], np.str_),
        np.array([fold] * len(known), np.str_),
        np.array([r.device_id or "" for r in known], np.str_),
        np.array([r.site_id or "" for r in known], np.str_),
        np.array([int(visit.label in POSITIVE) for visit in visits], np.int64),
        np.array([visit.label for visit in visits], np.int64),
        ~np.isfinite(probability),
        probability,
        margins,
        logits.astype(np.float64),
        *measured,
    )


def _numbers(visit: Visit) -> list[float | None]:
    known = visit.recording
    return [
        known.gestational_age_days,
        known.maternal_age_years,
        known.bmi_kg_m2,
        known.parity,
        known.sbp_mmhg,
        known.dbp_mmhg,
        visit.mean_bpm,
        visit.short_term_variation_ms,
        visit.long_term_variation_ms,
        len(visit.usable) / visit.windows,
    ]
