"""The table: what the cells of each row say together, women the unit of every interval."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import expit

from benchmarks.ablation.plan import NO_EFFECT
from benchmarks.ablation.results import Cell
from benchmarks.ablation.rows import HISTORY, OURS, ROWS
from benchmarks.ablation.world import World
from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.evaluation.auroc import clustered_auroc, paired_clustered_difference
from fetal_hemo.evaluation.calibration import calibration_slope_intercept
from fetal_hemo.evaluation.recall import class_recalls

Cells = Mapping[str, Cell]
Json = dict[str, Any]
ORACLES = {
    "oracle": ("features", "Bayes' rule on history and noiseless features of the heart"),
    "oracle_history": ("history", "Bayes' rule on history and the state of sleep alone"),
}


class Pooled:
    """Predictions of one row and seed for every visit, each by the fold that never saw it."""

    def __init__(self, cells: Sequence[Cell], world: World) -> None:
        self.cells, self.code = cells, cells[0]["code"]
        log_odds: dict[str, float] = {}
        classes: dict[str, int] = {}
        for cell in cells:
            ids = [visit.recording.recording_id for visit in world.fold(cell["fold"]).test]
            log_odds.update(zip(ids, cell["log_odds"], strict=True))
            if cell["classes"] is not None:
                classes.update(zip(ids, map(int, cell["classes"]), strict=True))
        ids = [visit.recording.recording_id for visit in world.visits]
        self.log_odds = np.array([log_odds[name] for name in ids])
        self.classes = np.array([classes[name] for name in ids]) if classes else None


def table(cells: Cells, world: World, effect: float) -> Json:
    """By row name the columns of the table; rows with a missing fold are left out.

    So are rows whose folds are not of one code, or not of this world's cohort: on standard error.
    """
    women = [visit.recording.participant_id for visit in world.visits]
    labels = np.array([visit.label for visit in world.visits])
    positive = labels >= 2
    pooled = _pooled(cells, world, effect)
    rows: Json = {}
    for name, (knows, meaning) in ORACLES.items():
        best = world.oracle(knows)
        said = [best[visit.recording.recording_id] for visit in world.visits]
        auroc = clustered_auroc(said, positive, women)
        rows[name] = {"meaning": meaning, "auroc": auroc.to_json()}
    ceiling = rows["oracle"]["auroc"]["value"]
    reference, asked = pooled.get((OURS, 0)), pooled.get((HISTORY, 0))

    def paired(first: Pooled, second: Pooled) -> Json:
        given = first.log_odds, second.log_odds, positive, women
        return paired_clustered_difference(*given).to_json()

    for (name, seed), found in pooled.items():
        if seed:
            continue
        auroc = clustered_auroc(found.log_odds, positive, women)
        row = {"meaning": ROWS[name].meaning, "auroc": auroc.to_json()}
        if effect == NO_EFFECT:
            row["auroc_99"] = clustered_auroc(found.log_odds, positive, women, 0.99).to_json()
        if reference is not None and name != OURS:
            row["ours_minus_this"] = paired(reference, found)
        if asked is not None and name != HISTORY:
            row["this_minus_history"] = paired(found, asked)
        if auroc.value is not None and ceiling is not None and ceiling > 0.5:
            row["share_of_headroom"] = round((auroc.value - 0.5) / (ceiling - 0.5), 3)
        slope, _ = calibration_slope_intercept(expit(found.log_odds), positive, women)
        row |= {"calibration_slope": slope.to_json(), **_recalls(found, labels, women)}
        row |= _costs(found.cells) | _checks(found.cells)
        others = [p for (other, _), p in pooled.items() if other == name and p.code == found.code]
        row["auroc_by_seed"] = [
            round(clustered_auroc(p.log_odds, positive, women).value or np.nan, 4) for p in others
        ]
        rows[name] = row
    return rows


def _pooled(cells: Cells, world: World, effect: float) -> dict[tuple[str, int], Pooled]:
    """By row and seed what all folds say; said aloud where they were not made by one code."""
    by_row: dict[tuple[str, int], list[Cell]] = {}
    for cell in cells.values():
        if cell["effect"] == effect and cell["row"] in ROWS:
            by_row.setdefault((cell["row"], cell["seed"]), []).append(cell)
    found = {}
    for (name, seed), some in by_row.items():
        if len({cell["code"] for cell in some}) > 1:
            print(f"{name}, seed {seed}: cells of different code, left out", file=sys.stderr)
        elif any(cell.get("cohort") != world.cohort_id for cell in some):
            print(f"{name}, seed {seed}: cells of another cohort, left out", file=sys.stderr)
        elif len(some) == world.plan.folds:
            found[name, seed] = Pooled(some, world)
    return found


def _recalls(found: Pooled, labels: np.ndarray, women: Sequence[str]) -> Json:
    if found.classes is None:
        return {"balanced_accuracy": None, "worst_class_recall": None}
    said = np.eye(len(BP_CLASSES))[found.classes]
    recalls, balanced, _ = class_recalls(said, labels, women)
    present = [recall.value for recall in recalls.values() if recall.value is not None]
    return {
        "balanced_accuracy": round(float(balanced.value or 0.0), 4),
        "worst_class_recall": round(min(present), 4),
    }


def _costs(cells: Sequence[Cell]) -> Json:
    return {
        "seconds": round(sum(cell["seconds"] for cell in cells), 2),
        "parameters": cells[0]["parameters"],
        "code": cells[0]["code"],
    }


def _checks(cells: Sequence[Cell]) -> Json:
    """Means over the folds, whose embeddings are of different networks."""
    found: Json = {}
    for name in ("reidentification", "device_probe"):
        folds = [cell[name] for cell in cells if name in cell]
        if folds:
            value, chance = np.mean(folds, axis=0)
            found |= {name: round(float(value), 4), f"{name}_by_chance": round(float(chance), 4)}
    subsets = [cell["auroc_of_views"] for cell in cells if "auroc_of_views" in cell]
    if subsets:
        means = {
            views: round(float(np.mean([s[views] for s in subsets])), 4) for views in subsets[0]
        }
        worst = min(means, key=lambda views: means[views])
        found["worst_subset_auroc"] = {"value": means[worst], "views": worst, "by_views": means}
    return found
