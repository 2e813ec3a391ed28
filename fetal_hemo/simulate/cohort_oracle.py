"""What the oracles reach on a cohort that was made, `oracle.json`: the ceiling of every method."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fetal_hemo.simulate.card import Parameters
from fetal_hemo.simulate.files import names
from fetal_hemo.simulate.oracle import Oracle
from fetal_hemo.simulate.woman import draw_visit, draw_woman

FILE = "oracle.json"
KINDS = ("history", "features", "latents")
NOTE = (
    "Simulated. AUROC of Bayes' rule on what is known of the woman, with noiseless features of the "
    "fetal heart, with its true latents; a method's share of the headroom is "
    "(AUROC - 0.5) / (oracle - 0.5)."
)


def cohort_oracle(
    out: Path, parameters: Parameters, addresses: Iterable[tuple[int, int]]
) -> dict[str, Any]:
    """JSON-ready AUROC, intervals clustered by woman, of each oracle on visits with a reading.

    Also what each visit gets, so that any subset (a test fold) can be scored.
    """
    from fetal_hemo.evaluation.auroc import clustered_auroc  # slow to import: not in every worker

    population = parameters.population
    oracle = Oracle(population, own_rhythm=parameters.rhythm is None)
    visits = []
    for woman, visit in addresses:
        who = draw_woman(population, woman)
        when = draw_visit(population, who, visit)
        if when.pressure.positive is None:
            continue
        scores = oracle.scores(who, when, _begins_quietly(out / names(woman, visit).truth))
        visits.append((names(woman, visit), int(when.pressure.positive), scores))
    women = [name.participant_id for name, _, _ in visits]
    labels = [label for _, label, _ in visits]
    found: dict[str, Any] = {"simulated": True, "note": NOTE, "visits": len(visits)}
    for kind in KINDS:
        chances = [getattr(scores, kind) for _, _, scores in visits]
        found[kind] = clustered_auroc(chances, labels, women).to_json()
    found["recordings"] = {
        name.recording_id: {kind: round(getattr(scores, kind), 5) for kind in KINDS}
        for name, _, scores in visits
    }
    return found


def _begins_quietly(truth: Path) -> bool:
    windows = json.loads(truth.read_bytes())["windows"]
    return bool(windows) and windows[0]["state"] == "1F"
