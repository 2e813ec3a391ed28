"""A run writes down on which women each of its stages was fitted, where it fits them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fetal_hemo.evaluation.leakage.fitted import FITTED, Fitted, read_fitted, write_fitted
from fetal_hemo.training.run_folder import RunFolder
from fetal_hemo.training.survey import Visit


def record_fit(
    run: RunFolder, stages: Iterable[str], fold: str, visits: Sequence[Visit], labels: bool = True
) -> None:
    """Add stages that are fitted on these visits to the run's `fitted.json`. Raises E-STORAGE.

    `fold` is where they are meant to be from; `labels` says whether pressures are seen, or truth
    that goes with them.
    """
    women = tuple(sorted({visit.recording.participant_id for visit in visits}))
    keep_fits(run, [Fitted(stage, fold, labels, women) for stage in stages])


def keep_fits(run: RunFolder, fitted: Sequence[Fitted]) -> None:
    """Add stages as they are, in place of those of the same names."""
    if not run.writes:
        return
    path = run.path / FITTED
    names = {stage.stage for stage in fitted}
    others = [stage for stage in read_fitted(path) if stage.stage not in names]
    write_fitted(path, [*others, *fitted])
