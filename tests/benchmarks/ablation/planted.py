"""A planted world of sixteen visits, and cells on its two folds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from benchmarks.ablation.plan import FULL
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.rows import RECIPE
from benchmarks.ablation.world import FoldVisits
from fetal_hemo.recipe import load_recipe
from fetal_hemo.training.survey import Visit

LABELS = (0, 1, 2, 3) * 4
BY = {"code": "c", "cohort": "w"}
QUICK_WORLD: Any = SimpleNamespace(recipe=load_recipe(RECIPE), plan=FULL)


def visit(number: int, label: int) -> Visit:
    known = SimpleNamespace(recording_id=f"R{number}", participant_id=f"W{number:02}")
    facts: Any = (known, label, (0,), 0, 0, 1, (1.0,), None, None, None)
    return Visit(*facts)


VISITS = tuple(visit(number, label) for number, label in enumerate(LABELS))


def fold(number: int) -> FoldVisits:
    return FoldVisits((), (), VISITS[8 * number : 8 * number + 8])


def oracle(knows: str) -> dict[str, float]:
    return {f"R{n}": float(y >= 2) * (knows == "features") for n, y in enumerate(LABELS)}


# Two folds, and an oracle that is always right, but of history knows nothing.
WORLD: Any = SimpleNamespace(
    visits=VISITS,
    plan=SimpleNamespace(folds=2),
    fold=fold,
    oracle=oracle,
    cohort_id="w",
    others=lambda women, effect: SimpleNamespace(cohort_id="o"),
)


def cells(
    row: str, log_odds: list[float], classes: str | None, effect: float = 1.0
) -> dict[str, Any]:
    """Both folds of a row."""
    made = {}
    for number in range(2):
        part = slice(8 * number, 8 * number + 8)
        key = CellKey(effect, row, 0, number)
        made[str(key)] = {
            **vars(key),
            "log_odds": log_odds[part],
            "classes": None if classes is None else classes[part],
            "seconds": 2.0,
            "parameters": 7,
            **BY,
        }
    return made
