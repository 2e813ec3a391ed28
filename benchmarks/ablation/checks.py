"""What is looked into beside a row's score: does its embedding know the woman, or her unit, and
what is left of it when views are missing?"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from benchmarks.ablation.prediction import Prediction
from benchmarks.ablation.trained import Trained
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.evaluation import ControlFeatures
from fetal_hemo.evaluation.auroc import placements
from fetal_hemo.evaluation.controls import probe
from fetal_hemo.evaluation.reidentification import reidentification
from fetal_hemo.training.scoring import score_visits

Json = dict[str, Any]


def checks(found: Prediction, visits: FoldVisits, world: World) -> Json:
    """By column its value and, where there is one, what chance gives; empty without embeddings."""
    columns: Json = {}
    if found.embeddings is not None:
        women = [visit.recording.participant_id for visit in visits.test]
        ids = [visit.recording.visit_id for visit in visits.test]
        again = reidentification(found.embeddings, women, ids)
        columns["reidentification"] = [again.hit_rate.value, again.chance]
    if found.network is not None:
        columns["device_probe"] = device_probe(found.network, visits)
        columns["auroc_of_views"] = auroc_of_views(found.network, visits, world)
    return columns


def device_probe(network: Trained, visits: FoldVisits) -> list[float]:
    """Mean recall of the units by a logistic regression on training embeddings, and by chance.

    Identifier-free code (arXiv 2605.05251) turned to Doppler: a unit that can be told is a shortcut
    that can be taken.
    """
    train, test = (
        np.array([visit.recording.device_id or "" for visit in part])
        for part in (network.learned_from, visits.test)
    )
    said = probe(ControlFeatures(network.train.embeddings, network.test.embeddings), train)
    units = np.unique(test[test != ""])
    recalls = [(said[test == unit] == unit).mean() for unit in units]
    return [round(float(np.mean(recalls)), 4), round(1 / len(units), 4)]


def auroc_of_views(network: Trained, visits: FoldVisits, world: World) -> dict[str, float]:
    """AUROC on the test visits by each subset of the row's views, names joined by "+" (MCUR)."""
    offered = network.model.size.views
    positive = [visit.label >= 2 for visit in visits.test]
    found = {}
    for count in range(1, len(offered) + 1):
        for views in combinations(offered, count):
            scores = network.test
            if len(views) < len(offered):
                scores = score_visits(network.model, world.source(), visits.test, views=views)
            found["+".join(views)] = round(placements(scores.margins, positive).auroc, 4)
    return found
