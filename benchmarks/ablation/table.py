"""The table: what the cells of each row say together, women the unit of every interval."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.special import expit

from benchmarks.ablation.plan import NO_EFFECT
from benchmarks.ablation.pooled import Pooled, Truth
from benchmarks.ablation.results import Cell
from benchmarks.ablation.rows import HISTORY, OURS, ROWS
from benchmarks.ablation.world import World
from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.evaluation.calibration import calibration_slope_intercept
from fetal_hemo.evaluation.recall import Recalls

Cells = Mapping[str, Cell]
Json = dict[str, Any]
ORACLES = {
    "oracle": ("features", "Bayes' rule on history and noiseless features of the heart"),
    "oracle_history": ("history", "Bayes' rule on history and the state of sleep alone"),
}


def table(cells: Cells, world: World, effect: float) -> Json:
    """By row name the columns of the table; rows with a missing fold are left out.

    So are rows whose folds are not of one code, or not of this world's cohort: on standard error.
    """
    truth = Truth(world)
    pooled = _pooled(cells, world, effect)
    rows = _oracles(world, truth)
    for (name, seed), found in pooled.items():
        if seed:
            continue
        row: Json = {"meaning": ROWS[name].meaning, "auroc": truth.auroc(found).to_json()}
        if effect == NO_EFFECT:
            row["auroc_99"] = truth.auroc(found, 0.99).to_json()
        if name != OURS and (OURS, 0) in pooled:
            row["ours_minus_this"] = truth.difference(pooled[OURS, 0], found).to_json()
        if name != HISTORY and (HISTORY, 0) in pooled:
            row["this_minus_history"] = truth.difference(found, pooled[HISTORY, 0]).to_json()
        row |= _headroom(row["auroc"]["value"], rows["oracle"]["auroc"]["value"])
        given = expit(found.log_odds), truth.positive, truth.women
        row["calibration_slope"] = calibration_slope_intercept(*given)[0].to_json()
        row |= _recalls(found, truth) | _costs(found.cells) | _checks(found.cells)
        others = [p for (other, _), p in pooled.items() if other == name and p.code == found.code]
        row["auroc_by_seed"] = [round(truth.auroc(p).value or np.nan, 4) for p in others]
        rows[name] = row
    return rows


def _oracles(world: World, truth: Truth) -> Json:
    rows: Json = {}
    for name, (knows, meaning) in ORACLES.items():
        best = world.oracle(knows)
        said = [best[visit.recording.recording_id] for visit in world.visits]
        auroc = clustered_auroc(said, truth.positive, truth.women)
        rows[name] = {"meaning": meaning, "auroc": auroc.to_json()}
    return rows


def _headroom(auroc: float | None, ceiling: float | None) -> Json:
    if auroc is None or ceiling is None or ceiling <= 0.5:
        return {}
    return {"share_of_headroom": round((auroc - 0.5) / (ceiling - 0.5), 3)}


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


def _recalls(found: Pooled, truth: Truth) -> Json:
    if found.classes is None:
        return {"balanced_accuracy": None, "worst_class_recall": None}
    kept, quarters = (truth.recalls(said) for said in (found.classes, found.quarters()))
    by_class, of_quarters = _present(kept), _present(quarters)
    return {
        "balanced_accuracy": round(float(kept.balanced_accuracy.value or 0.0), 4),
        "worst_class_recall": min(by_class.values()),
        "recall_by_class": by_class,
        "worst_recall_of_quarters": min(of_quarters.values()),
    }


def _present(found: Recalls) -> dict[str, float]:
    return {name: round(r.value, 4) for name, r in found.recalls.items() if r.value is not None}


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
