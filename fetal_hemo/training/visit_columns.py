"""What is known of the visits of a batch: whose they are, and what they are alike in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from fetal_hemo.contrast import PairColumns, bands, codes
from fetal_hemo.settings_contrast import PairSettings
from fetal_hemo.training.survey import Visit


class VisitColumns(NamedTuple):
    """A whole number for each visit in each column, all `(visits,)`; equal numbers are alike.

    `pressures` are `(visits, 2)`, systolic and diastolic mmHg, NaN where there is none.
    """

    woman: Tensor
    visit: Tensor
    device: Tensor
    gestational_age: Tensor
    heart_rate: Tensor
    pressures: Tensor


class CohortColumns:
    """The columns of a whole cohort, numbered once, from which each batch takes its rows."""

    def __init__(self, visits: Sequence[Visit], settings: PairSettings) -> None:
        recordings = [visit.recording for visit in visits]
        self.rows = {recording.recording_id: row for row, recording in enumerate(recordings)}
        ages = [recording.gestational_age_days for recording in recordings]
        rates = [visit.mean_bpm for visit in visits]
        pressures = [[_known(r.sbp_mmhg), _known(r.dbp_mmhg)] for r in recordings]
        self.columns = VisitColumns(
            woman=codes([r.participant_id for r in recordings]),
            visit=codes([(r.participant_id, r.visit_id) for r in recordings]),
            device=codes([r.device_id for r in recordings]),
            gestational_age=bands(ages, settings.gestational_age_band_days),
            heart_rate=bands(rates, settings.heart_rate_band_bpm),
            pressures=torch.tensor(pressures, dtype=torch.float32),
        )

    def of(self, visits: Sequence[Visit]) -> VisitColumns:
        """The `VisitColumns` of some of the cohort's visits, in their order."""
        rows = self.rows_of(visits)
        return VisitColumns(*(column[rows] for column in self.columns))

    def rows_of(self, visits: Sequence[Visit]) -> Tensor:
        """Places `(visits,)` in the cohort."""
        return torch.tensor([self.rows[visit.recording.recording_id] for visit in visits])


def row_columns(visits: VisitColumns, of: Tensor) -> PairColumns:
    """`PairColumns` of rows that belong to the visits `of` `(rows,)`, each a window of its own."""
    return PairColumns(
        view=torch.zeros_like(of),
        window=torch.arange(len(of), device=of.device),
        visit=visits.visit[of],
        woman=visits.woman[of],
        device=visits.device[of],
        gestational_age=visits.gestational_age[of],
        heart_rate=visits.heart_rate[of],
    )


def view_columns(windows: PairColumns, copies: int, views: int) -> PairColumns:
    """`PairColumns` of all views of all copies: `(copies, windows, views)` flattened."""
    repeated = PairColumns(*(column.repeat_interleave(views).repeat(copies) for column in windows))
    view = torch.arange(views, device=windows.view.device)
    return repeated._replace(view=view.repeat(copies * len(windows.view)))


def _known(pressure: float | None) -> float:
    return float("nan") if pressure is None else pressure
