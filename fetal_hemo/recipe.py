"""Every setting of a run, read from one commented TOML file.

The values live in `recipes/default.toml`; a user's file holds only what differs from it. The
tree itself is in `settings.py`, what must hold between its fields in `rules.py`.
"""

from __future__ import annotations

import dataclasses
import json
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, get_type_hints

from fetal_hemo.constraints import Rejected, convert
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cells import shown
from fetal_hemo.rules import RULES
from fetal_hemo.settings import Recipe
from fetal_hemo.suggestion import suggestion

__all__ = ["Recipe", "changed_recipe", "load_recipe", "to_toml"]


def load_recipe(path: Path | str | None = None) -> Recipe:
    """The `Recipe` of a TOML file laid over the default one; the default one without a file.

    Raises `FetalHemoError` E-RECIPE for an unknown key (with a suggestion), a wrong type, a value
    out of range or a broken rule, and E-NOT-FOUND.
    """
    default = resources.files("fetal_hemo").joinpath("recipes/default.toml")
    values = tomllib.loads(default.read_text(encoding="utf-8"))
    if path is not None:
        values = _overlay(values, _read_toml(Path(path)), str(path))
    return _checked(values, str(path or "default.toml"))


def changed_recipe(recipe: Recipe, changes: dict[str, Any], where: str) -> Recipe:
    """The recipe with a tree of changes, section -> setting -> value, laid over it.

    Raises as `load_recipe` does, naming `where` the changes come from.
    """
    return _checked(_overlay(tomllib.loads(to_toml(recipe)), changes, where), where)


def _checked(values: dict[str, Any], where: str) -> Recipe:
    recipe: Recipe = _build(Recipe, values, "", where)
    for rule in RULES:
        if not rule.holds(recipe):
            raise FetalHemoError("E-RECIPE", rule.text, where)
    return recipe


def to_toml(recipe: Recipe) -> str:
    """TOML text from which `load_recipe` makes an equal recipe."""
    blocks = [_section(name, value) for name, value in _fields(recipe)]
    return "\n\n".join(blocks) + "\n"


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FetalHemoError("E-NOT-FOUND", "there is no such recipe", str(path)) from None
    except OSError as error:
        raise FetalHemoError("E-RECIPE", f"cannot be read ({error.strerror})", str(path)) from None
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, or nested without end
        raise FetalHemoError("E-RECIPE", f"not a TOML file ({error})", str(path)) from None


def _overlay(base: dict[str, Any], top: dict[str, Any], where: str, at: str = "") -> dict[str, Any]:
    """`base` with the values of `top`, which may hold no key that `base` lacks."""
    merged = dict(base)
    for key, value in top.items():
        if key not in base:
            what = f"unknown key {shown(at + key)}"
            raise FetalHemoError("E-RECIPE", what, where, suggestion(key, base))
        if isinstance(base[key], dict):
            if not isinstance(value, dict):
                raise FetalHemoError("E-RECIPE", f"{at}{key} must be a section", where)
            value = _overlay(base[key], value, where, f"{at}{key}.")
        merged[key] = value
    return merged


def _build(section: Any, values: dict[str, Any], at: str, where: str) -> Any:
    """A dataclass `section` from its values, which hold every field."""
    made: dict[str, Any] = {}
    for name, annotation in get_type_hints(section, include_extras=True).items():
        if dataclasses.is_dataclass(annotation):
            made[name] = _build(annotation, values[name], f"{at}{name}.", where)
            continue
        try:
            made[name] = convert(values[name], annotation)
        except Rejected as error:
            raise FetalHemoError("E-RECIPE", f"{at}{name} {error}", where, error.fix) from None
    return section(**made)


def _fields(section: Any) -> list[tuple[str, Any]]:
    return [(f.name, getattr(section, f.name)) for f in dataclasses.fields(section)]


def _section(name: str, section: Any) -> str:
    lines = [f"[{name}]"]
    nested = []
    for key, value in _fields(section):
        if dataclasses.is_dataclass(value):
            nested.append("\n" + _section(f"{name}.{key}", value))
        else:
            lines.append(f"{key} = {json.dumps(value)}")  # JSON and TOML agree on these types
    return "\n".join(lines + nested)
