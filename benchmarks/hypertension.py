"""What is each part of the method worth? Rows on five folds of simulated women.

    python -m benchmarks.hypertension [--smoke] [--rows NAME,NAME] [--effect 1] [--hours 8]

Every cell (row, seed, fold) is kept in the results file as soon as it is done: run it again and it
goes on. A cell that other code has made is made again. Everything is simulated: only differences
between rows mean anything. The reconstruction of AutoHyPE (2026) that is called `ours` follows its
abstract; its methods text is not public.

The headroom is that of the row `oracle`, which knows a woman's history as well as her baby's heart;
`ours` hears sound alone. What history (age, weeks, BMI, diabetes, unit, site) gives by itself is
the row `oracle_history`. Where nothing is heard at the usual effect, `--effect 2` asks whether the
method hears twice of it: a table of its own, with one seed.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.ablation.cell import run_cell
from benchmarks.ablation.code import code_of
from benchmarks.ablation.plan import EFFECT, FULL, NO_EFFECT, SMOKE, Plan
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.pretraining import others_of
from benchmarks.ablation.results import Results
from benchmarks.ablation.rows import OURS, RECIPE, ROWS, SMOKE_ROWS
from benchmarks.ablation.size_choice import size_choice
from benchmarks.ablation.table import table
from benchmarks.ablation.world import World
from fetal_hemo.recipe import load_recipe
from fetal_hemo.suggestion import suggestion

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "hypertension.json"
WORK = HERE.parent / "runs" / "hypertension"
REPEATED, MORE_SEEDS = 3, (1, 2)  # the best rows are trained again, and once without an effect


def main() -> None:
    args = _arguments()
    plan = SMOKE if args.smoke else FULL
    results = Results(args.out, plan)
    stop = time.monotonic() + 3600 * args.hours
    worlds: dict[float, World] = {}

    def world(effect: float) -> World:
        if effect not in worlds:
            worlds[effect] = World(plan, effect, args.work, load_recipe(RECIPE))
        return worlds[effect]

    usual = args.effect == EFFECT
    once = seed_zero(args.rows, plan, args.effect)
    for key in cells(args.rows, plan, results, world(EFFECT)) if usual else once:
        known = made_by(key, world(key.effect))
        if time.monotonic() > stop and not results.done(key, known):
            print(f"stopped before {key}: run it again to go on", file=sys.stderr)
            break
        began = time.monotonic()
        results.cell(key, known, lambda key=key: run_cell(key, ROWS[key.row], world(key.effect)))
        print(f"{key}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    results.read()
    tables = {f"effect_{e:g}": table(results.cells, world(e), e) for e in _effects(results)}
    found = tables.get(f"effect_{EFFECT:g}", {})
    sizes = size_choice(found, world(EFFECT)) if found else {}
    results.write(tables, sizes)
    document = {"simulated": True, "plan": plan.name, "table": tables, "embedding_size": sizes}
    print(json.dumps(document, indent=1))


def cells(rows: list[str], plan: Plan, results: Results, world: World) -> Iterator[CellKey]:
    """Keys of all cells in order: every row once, then more seeds and no effect for the best."""
    yield from seed_zero(rows, plan, EFFECT)
    for name in best(results, world):
        for seed in MORE_SEEDS:
            yield from (CellKey(EFFECT, name, seed, fold) for fold in range(plan.folds))
        yield from (CellKey(NO_EFFECT, name, 0, fold) for fold in range(plan.folds))


def seed_zero(rows: list[str], plan: Plan, effect: float) -> Iterator[CellKey]:
    """Keys of the cells of each row once."""
    return (CellKey(effect, name, 0, fold) for name in rows for fold in range(plan.folds))


def made_by(key: CellKey, world: World) -> dict[str, str]:
    """What a cell must be made by to stand beside the others: this code, on this cohort."""
    row = ROWS[key.row]
    known = {"code": code_of(row), "cohort": world.cohort_id}
    return known | {"others": others_of(row, world).cohort_id} if row.others else known


def best(results: Results, world: World) -> list[str]:
    """The trained rows with the highest AUROC, ours always among them; none in a smoke run.

    None either until every row is finished: processes with rows of their own agree on the best.
    """
    if world.plan is SMOKE:
        return []
    results.read()
    first = seed_zero(list(ROWS), world.plan, EFFECT)
    if not all(results.done(key, made_by(key, world)) for key in first):
        return []
    found = table(results.cells, world, EFFECT)
    trained = [name for name in found if name in ROWS and ROWS[name].kind.startswith("ours")]
    ranked = sorted(trained, key=lambda name: -(found[name]["auroc"]["value"] or 0.0))
    return list(dict.fromkeys([OURS, *ranked]))[:REPEATED]


def _effects(results: Results) -> list[float]:
    return sorted({cell["effect"] for cell in results.cells.values()}, reverse=True)


def _arguments() -> Any:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true", help="minutes, to see that it runs")
    parser.add_argument("--rows", help="names with commas (default: all of them)")
    parser.add_argument("--effect", type=float, default=EFFECT, help="0, 0.5, 1 or 2, see simulate")
    parser.add_argument("--hours", type=float, default=8.0, help="begin no cell after so many")
    parser.add_argument("--out", type=Path, help="results file")
    parser.add_argument("--work", type=Path, default=WORK, help="cohorts and trainings")
    parser.add_argument("--json", action="store_true", help="one JSON object (always printed)")
    args = parser.parse_args()
    every = SMOKE_ROWS if args.smoke else tuple(ROWS)
    args.rows = args.rows.split(",") if args.rows else list(every)
    for name in args.rows:
        if name not in ROWS:
            parser.error(f"no row {name!r}; {suggestion(name, ROWS)}")
    args.out = args.out or (args.work / "smoke.json" if args.smoke else RESULTS)
    return args


if __name__ == "__main__":
    main()
