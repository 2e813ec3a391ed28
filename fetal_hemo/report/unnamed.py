"""A study's metrics without the names that others gave, so that what is left is our own words."""

from __future__ import annotations

from typing import Any

from fetal_hemo.evaluation.subgroup_columns import NAMED

Json = dict[str, Any]
NAME = "X"


def unnamed(metrics: Json) -> Json:
    """The same metrics with `X` for every device, site and model; nothing else is changed.

    A name is taken out where it stands and not wherever its letters do: a device that is called
    "detects" must not hide that the verdict says so.
    """
    subgroups = metrics["subgroups"]
    found = {
        **metrics,
        "subgroups": {**subgroups, "rows": [_subgroup(row) for row in subgroups["rows"]]},
        "folds": [{**row, "place": row["place"] and NAME} for row in metrics["folds"]],
    }
    model = metrics.get("provenance", {}).get("model")
    if model:
        found["provenance"] = {**metrics["provenance"], "model": dict.fromkeys(model, NAME)}
    if model and metrics.get("card"):
        found["card"] = _card(metrics["card"], model)
    return found


def _subgroup(row: Json) -> Json:
    return {**row, "group": NAME} if row["variable"] in NAMED else row


def _card(card: str, model: Json) -> str:
    """The card of a bundle; its heading is the model's name and version."""
    heading = f"# {model.get('name')} {model.get('version')}\n"
    return f"# {NAME}\n{card.removeprefix(heading)}" if card.startswith(heading) else card
