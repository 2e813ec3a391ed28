"""The size of the embeddings: the smallest that is within one standard error of the best."""

from __future__ import annotations

from typing import Any

from benchmarks.ablation.row_recipes import recipe_of
from benchmarks.ablation.rows import OURS, ROWS, SWEEP
from benchmarks.ablation.world import World

INTERVAL = 2 * 1.96  # standard errors in a 95 % interval


def size_choice(table: dict[str, Any], world: World) -> dict[str, Any]:
    """Sizes with their AUROC and the size chosen, by the one-standard-error rule (Breiman 1984).

    Empty until every size of the sweep, ours among them, has its row in the table.
    """
    names = [OURS, *(row.name for row in SWEEP)]
    if not all(name in table for name in names):
        return {}
    sizes = {name: recipe_of(ROWS[name], world, 0).model.embedding for name in names}
    found = {sizes[name]: table[name]["auroc"] for name in names}
    best = max(found.values(), key=lambda auroc: float(auroc["value"]))
    error = (best["high"] - best["low"]) / INTERVAL
    enough = [size for size in found if found[size]["value"] >= best["value"] - error]
    return {
        "auroc": {str(size): found[size]["value"] for size in sorted(found)},
        "standard_error_of_best": round(error, 4),
        "chosen": min(enough),
    }
