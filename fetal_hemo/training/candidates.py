"""Recipes that a fold chooses between, written as settings of [finetune]."""

from __future__ import annotations

import tomllib
from dataclasses import asdict

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe, changed_recipe


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
    return changed_recipe(recipe, {"finetune": changed}, f'study.candidates: "{text}"')
