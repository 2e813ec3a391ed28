"""Which cohorts a model learned from: its own, and those of all runs that it started from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError

Cohorts = dict[str, bool]  # by the hash of its manifest, whether a cohort is simulated
Facts = Mapping[str, Any]  # of a run, as run.json holds them


def cohorts_of(facts: Facts, run: Path | str = "") -> Cohorts:
    """The run's own cohort, and those that first weights and a teacher brought along.

    Raises E-RUN for a run that does not say: it could have learned from simulated women.
    """
    if "learned_from" not in facts:
        what = "the run does not say which cohorts it learned from"
        raise FetalHemoError("E-RUN", what, str(run), "an earlier version made it: train it again")
    before = {**facts.get("teacher_learned_from", {}), **facts["learned_from"]}
    return {**before, facts["data_hash"]: facts["simulated"]}


def learned_from_simulated(facts: Facts, run: Path | str = "") -> bool:
    """Whether any of these women is simulated: then all that follows from them says so."""
    return any(cohorts_of(facts, run).values())
