"""Who the model learned from, as far as the run knows it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.splits import read_splits
from fetal_hemo.training.ancestry import cohorts_of
from fetal_hemo.training.pretrain import SPLITS

UNKNOWN = "not recorded: age, ethnicity, parity and devices are in the cohort's manifest only"


def data_statement(
    run: Path, facts: dict[str, Any], recipe: Recipe, calibration: dict[str, Any]
) -> dict[str, Any]:
    """Plain values for the manifest's `training_data` and the model card; no woman is named.

    After Gebru 2021 (datasheets): what, who, how labelled, how split, and what nobody knows.
    """
    splits = read_splits(run / SPLITS, [])
    women = {f"{fold}_women": len(splits.women(fold)) for fold in ("train", "validation", "test")}
    systolic, diastolic = recipe.labels.hypertensive
    return {
        **women,
        "sound": "simulated" if facts["simulated"] else "recorded by the cohort's probes",
        "pretrained_on": _sound(facts["learned_from"].values()),
        "quality_classes_learned_from": "simulated sound",
        "label": f"cuff reading at the visit, positive from {systolic}/{diastolic} mmHg",
        "unit_of_split": "woman",
        "calibrated_on": calibration["population"],
        "demographics": UNKNOWN,
        "taught_by": facts.get("teacher") or "no other network",
        "learned_from": sorted(cohorts_of(facts)),
    }


def _sound(simulated: Iterable[bool]) -> str:
    """No run starts from one of real women and goes on with simulated ones."""
    kinds = {False: "recorded", True: "simulated"}
    return f"{', then '.join(kinds[kind] for kind in sorted(set(simulated), reverse=True))} sound"
