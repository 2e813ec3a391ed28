"""What pretraining starts from: random weights, or those that learned from simulated hearts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fetal_hemo.encoders import ModelSize, ScreeningModel
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.ancestry import cohorts_of
from fetal_hemo.training.model_file import load_model, model_identity
from fetal_hemo.training.run_folder import finished_run


def first_facts(run: Path | str | None, cohort: Cohort) -> dict[str, Any]:
    """Facts for run.json of the run whose weights are the first; that there is none is one too.

    Raises E-RUN for a run that is no finished pretraining, and E-SPLIT for one of real women, who
    could be tested here, or of this very cohort.
    """
    if run is None:
        return {"first_weights": None, "learned_from": {}}
    facts = finished_run(run, ["pretrain"])
    if not facts["simulated"]:
        raise _refused("its women are real and could be among those of this cohort", run)
    met = cohorts_of(facts, run)
    if cohort.data_hash in met:
        raise _refused("it was pretrained on this very cohort", run)
    weights = model_identity(Path(run))["sha256"]
    return {"first_weights": weights, "learned_from": met}


def first_model(run: Path | str | None, size: ModelSize) -> ScreeningModel | None:
    """The model of the run, None without one.

    Raises E-RUN, and E-RECIPE where the recipe is of a network of another size.
    """
    if run is None:
        return None
    model = load_model(Path(run))
    if model.size != size:
        what = f"[model] is {size}, of the run {model.size}"
        raise FetalHemoError("E-RECIPE", what, str(run), "give it the [model] of the run's recipe")
    return model


def _refused(what: str, run: Path | str) -> FetalHemoError:
    fix = "start from a run on other, simulated women, or leave --from out"
    return FetalHemoError("E-SPLIT", what, str(run), fix)
