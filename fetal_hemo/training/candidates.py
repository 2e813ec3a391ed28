"""Recipes that a fold chooses between, written as settings of [finetune]."""

from __future__ import annotations

import json
import tempfile
import tomllib
from dataclasses import asdict
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe, load_recipe, to_toml


def candidates(recipe: Recipe) -> dict[str, Recipe]:
    """By its text, each candidate of `[study]` laid over the recipe; the recipe itself is first.

    Raises E-RECIPE for one that is no list of settings of [finetune].
    """
    named = {text: _laid_over(recipe, text) for text in recipe.study.candidates}
    return {"as the recipe says": recipe, **named}


def _laid_over(recipe: Recipe, text: str) -> Recipe:
    lines = "\n".join(text.split(";"))
    try:
        changed = tomllib.loads(lines)
    except tomllib.TOMLDecodeError as error:
        raise FetalHemoError("E-RECIPE", f'study.candidates: "{text}": {error}') from None
    unknown = sorted(set(changed) - set(asdict(recipe.finetune)))
    if unknown:
        what = f'study.candidates: [finetune] has no "{unknown[0]}"'
        raise FetalHemoError("E-RECIPE", what, fix="pretraining is not tuned inside a fold")
    table = {**asdict(recipe.finetune), **changed}
    block = "\n".join(f"{key} = {json.dumps(value)}" for key, value in table.items())
    before, _, rest = to_toml(recipe).partition("[finetune]\n")
    after = rest[rest.index("\n[") :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "candidate.toml"
        path.write_text(f"{before}[finetune]\n{block}\n{after}", encoding="utf-8")
        return load_recipe(path)
