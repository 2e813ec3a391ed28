"""The trained model in float32 beside the exported one on the device, on a study's recordings."""

from __future__ import annotations

from typing import Any

import numpy as np

from fetal_hemo.evaluation import ScoreTable
from fetal_hemo.evaluation.auroc import clustered_auroc, paired_clustered_difference
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.external import screened
from firmware_bridge.screen import Screener


def device_agreement(
    screener: Screener,
    cohort: Cohort,
    table: ScoreTable,
    threshold: float,
    recipe: Recipe,
    progress: Progress = silent,
) -> dict[str, Any]:
    """How probabilities and decisions differ where both gave one, and both AUROCs with difference.

    `table` holds the trained model's scores. `gate` is what the export measured, float against
    int8 graphs.
    """
    chosen = set(table.recording_id.tolist())
    recordings = [r for r in cohort.recordings if r.recording_id in chosen]
    visits, probability, _ = screened(screener, cohort, recordings, recipe, progress)
    said = {v.recording.recording_id: p for v, p in zip(visits, probability, strict=True)}
    device = np.array([said.get(name, np.nan) for name in table.recording_id.tolist()])
    both = table.scored & np.isfinite(device)
    kept, device_kept = table.select(both), device[both]
    label, woman = kept.label, kept.participant_id
    apart = np.abs(kept.probability - device_kept)
    flips = (kept.probability >= threshold) != (device_kept >= threshold)
    difference = paired_clustered_difference(device_kept, kept.probability, label, woman)
    return {
        "gate": screener.bundle.manifest["quantisation"]["gate"],
        "recordings": len(kept),
        "only_one_answered": int((table.scored != np.isfinite(device)).sum()),
        "probability_max_abs": float(apart.max()) if len(apart) else None,
        "probability_median_abs": float(np.median(apart)) if len(apart) else None,
        "decisions_changed": int(flips.sum()),
        "auroc_float": clustered_auroc(kept.probability, label, woman).to_json(),
        "auroc_device": clustered_auroc(device_kept, label, woman).to_json(),
        "difference": difference.to_json(),
    }
