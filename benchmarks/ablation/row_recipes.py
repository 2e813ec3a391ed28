"""The recipes of a row: what its network learns by, and what it learned to measure by before."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from benchmarks.ablation.rows import MEASURING, Changes, Row
from benchmarks.ablation.world import World
from fetal_hemo.encoders import ModelSize
from fetal_hemo.recipe import Recipe, changed_recipe, load_recipe

SIZE = {f"model.{field.name}" for field in fields(ModelSize)}


def recipe_of(row: Row, world: World, seed: int) -> Recipe:
    """The recipe of the comparison with a row's changes; a plan may shorten both trainings."""
    return _changed(world.recipe, row.changes, world, seed, row.name)


def measuring_of(row: Row, world: World, seed: int) -> Recipe:
    """The recipe by which a network of the row's size learns to measure other women's hearts."""
    changes = {name: value for name, value in row.changes.items() if name in SIZE}
    changes |= {"pretrain.threads": world.recipe.pretrain.threads} | row.measuring
    return _changed(load_recipe(MEASURING), changes, world, seed, row.name)


def _changed(recipe: Recipe, changes: Changes, world: World, seed: int, name: str) -> Recipe:
    every = {"pretrain.seed": seed, "finetune.seed": seed, **changes}
    if world.plan.epochs:
        every |= {f"{stage}.epochs": world.plan.epochs for stage in ("pretrain", "finetune")}
    return changed_recipe(recipe, as_tree(every), name)


def as_tree(changes: Changes) -> dict[str, Any]:
    """`{"a.b": value}` as the tables of a recipe, `{"a": {"b": value}}`."""
    tree: dict[str, Any] = {}
    for path, value in changes.items():
        *tables, name = path.split(".")
        inner = tree
        for table in tables:
            inner = inner.setdefault(table, {})
        inner[name] = list(value) if isinstance(value, tuple) else value
    return tree
