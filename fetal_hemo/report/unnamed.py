"""A study's metrics without what others named and wrote, so that our own words are left."""

from __future__ import annotations

from typing import Any

from fetal_hemo.evaluation.subgroup_columns import NAMED

Json = dict[str, Any]
NAME = "X"


def unnamed(metrics: Json) -> Json:
    """The same metrics with `X` for every device, site and model, and without a bundle's own card.

    A name is taken out where it stands and not wherever its letters do: a device that is called
    "detects" must not hide that the verdict says so. The card that came with a bundle may claim
    what its own study showed, whatever this one finds.
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
    found.pop("card", None)
    return found


def _subgroup(row: Json) -> Json:
    return {**row, "group": NAME} if row["variable"] in NAMED else row
