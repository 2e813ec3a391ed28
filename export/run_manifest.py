"""What a bundle's manifest says of the run that it came from."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from export.card import notice
from export.data_statement import data_statement
from export.reference import drift_reference
from export.runners import Graphs
from fetal_hemo.constants import (
    BP_CLASSES,
    POSITIVE_CLASSES,
    QUALITY_CLASSES,
    SAMPLE_RATE_HZ,
    VIEWS,
    WINDOW_S,
    WINDOW_SAMPLES,
)
from fetal_hemo.recipe import Recipe
from fetal_hemo.training.ancestry import learned_from_simulated
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.run_folder import read_metrics
from fetal_hemo.training.survey import window_rules

# On another processor float32 sums run in another order, and one that ends beside a half moves a
# byte before the trunk: measured 0.0023 on ARM, where embeddings have unit size.
GOLDEN_TOLERANCE = 1e-2
MINIMUM_RUNTIME = "0.1.0"


def run_manifest(
    run: Path, facts: dict[str, Any], recipe: Recipe, calibration: dict[str, Any]
) -> dict[str, Any]:
    """The manifest without what the members, the key and the quantiser add.

    Its counter is the second in which the run ended: a later run is a later version.
    """
    rules = window_rules(recipe)
    simulated = learned_from_simulated(facts, run)
    return {
        "schema_version": 1,
        "created": facts["finished"],
        "counter": int(datetime.fromisoformat(facts["finished"]).timestamp()),
        "simulated": simulated,
        "notice": notice(simulated),
        "minimum_runtime": MINIMUM_RUNTIME,
        "input": {
            "sample_rate_hz": SAMPLE_RATE_HZ,
            "window_samples": WINDOW_SAMPLES,
            "window_s": WINDOW_S,
            "max_windows": recipe.windows.max_windows,
        },
        "views": list(VIEWS),
        "quality_classes": list(QUALITY_CLASSES),
        "bp_classes": list(BP_CLASSES),
        "positive_classes": list(POSITIVE_CLASSES),
        "bp_thresholds_mmhg": {k: list(v) for k, v in asdict(recipe.labels).items()},
        "heart_rate": rules["heart_rate"],
        "decision": {
            **rules["decision"],
            "threshold": calibration["threshold"],
            "specificity_at_threshold": calibration["specificity_at_threshold"],
            "prevalence": recipe.decision.prevalence,
        },
        "calibration": {k: calibration[k] for k in ("slope", "intercept", "population")},
        "tolerances": {
            "golden_abs": GOLDEN_TOLERANCE,
            "float_logit": recipe.export.float_logit_tolerance,
            "int8_logit": recipe.export.int8_logit_tolerance,
        },
        "training_data": {
            "simulated": simulated,
            "data_hash": facts["data_hash"],
            **data_statement(run, facts, recipe, calibration),
        },
        "session": {"opt": "all", "threads": 1, "x64quantprecision": True},
    }


def optional_parts(
    run: Path, calibration: dict[str, Any], graphs: Graphs, visits: Batch
) -> dict[str, Any]:
    """Further parts of the manifest, which older runs and very small ones do not have."""
    reference = drift_reference(read_metrics(run).get("heard"), graphs, visits)
    parts = {"answers": calibration.get("answers"), "reference": reference}
    return {name: part for name, part in parts.items() if part is not None}
