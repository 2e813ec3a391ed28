"""The manifest of a simulated cohort: what was drawn, and what is on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.simulate.card import Parameters
from fetal_hemo.simulate.files import Made, finished, names
from fetal_hemo.simulate.real_rhythm import entry_of
from fetal_hemo.simulate.woman import Visit, Woman, draw_visit, draw_woman


def manifest_row(out: Path, parameters: Parameters, woman: int, visit: int) -> dict[str, Any]:
    """Cells of a recording that is on disk, by column; None stands for an empty cell.

    Raises E-COHORT when the recording is not there any more.
    """
    who = draw_woman(parameters.population, woman)
    when = draw_visit(parameters.population, who, visit)
    made = finished(out, woman, visit)
    if made is None:
        recording_id = names(woman, visit).recording_id
        raise FetalHemoError("E-COHORT", "a recording vanished", recording_id, "simulate again")
    cells = _cells(who, when, made, parameters.sample_rate_hz)
    if parameters.rhythm is not None:
        library, seconds = parameters.rhythm.open(), 60.0 * parameters.minutes
        cells |= entry_of(library, parameters.seed, woman, seconds).cells()
    return cells


def _cells(who: Woman, when: Visit, made: Made, rate_hz: int) -> dict[str, Any]:
    name = names(who.index, when.index)
    return {
        "recording_id": name.recording_id,
        "participant_id": name.participant_id,
        "visit_id": name.recording_id,
        "path": name.audio,
        "gestational_age_days": when.gestational_age_days,
        "sbp_mmhg": when.pressure.measured_sbp,
        "dbp_mmhg": when.pressure.measured_dbp,
        "maternal_age_years": who.age_years,
        "bmi_kg_m2": when.bmi,
        "parity": who.parity,
        "device_id": f"D{who.device + 1}",
        "site_id": f"S{who.site + 1}",
        "visit_order": when.index + 1,
        "sha256": made.sha256,
        "n_samples": made.n_samples,
        "sample_rate_hz": rate_hz,
        "gestational_diabetes": int(who.gestational_diabetes),
    }
