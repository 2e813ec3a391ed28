"""Do answers keep their promise: recalls, conformal sets, the risk of the surest?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from fetal_hemo.evaluation.brier import clustered_brier, clustered_scaled_brier
from fetal_hemo.evaluation.conformal import (
    conformal_p_values,
    one_row_a_woman,
    prediction_sets,
)
from fetal_hemo.evaluation.coverage_risk import balanced_weights, coverage_risk
from fetal_hemo.evaluation.estimate import Estimate
from fetal_hemo.evaluation.proportion import clustered_proportion
from fetal_hemo.evaluation.recall import class_recalls

HALF = 0.5


def surest_half(sim, share: float) -> float:
    """Balanced error of the half of the visits that are furthest from the threshold."""
    means = np.array([0.0, sim.effect])
    weights = np.array([1 - share, share])

    def kept(reach: float) -> np.ndarray:
        above = norm.sf(sim.threshold + reach - means)
        return above + norm.cdf(sim.threshold - reach - means)

    reach = brentq(lambda r: float(weights @ kept(r)) - HALF, 0, 8)
    wrong = [
        norm.sf(sim.threshold + reach - means[0]),
        norm.cdf(sim.threshold - reach - means[1]),
    ]
    return float(np.sum(wrong) / kept(reach).sum())


def measure(sim, many, share: float, draws: int) -> dict[str, float]:
    recalls, brier, scaled, halves, wholes = [], [], [], [], []
    for c in many:
        said = c.scores >= sim.threshold
        logits = np.zeros((len(said), 4))
        logits[np.arange(len(said)), 2 * said] = 1.0
        recalls.append(class_recalls(logits, 2 * c.labels, c.women, draws))
        brier.append(clustered_brier(c.probability, c.labels, c.women))
        scaled.append(clustered_scaled_brier(c.probability, c.labels, c.women))
        half, whole = coverage_risk(
            np.abs(c.scores - sim.threshold),
            said != (c.labels == 1),
            balanced_weights(c.labels),
            c.women,
            (HALF, 1.0),
            draws,
        )
        halves.append(Estimate(half.risk, half.low, half.high))
        wholes.append(Estimate(whole.risk, whole.low, whole.high))
    score = sim.probability
    true_brier = sum(
        part * sim.mean(lambda x, p=positive: (score(x, share) - p) ** 2, positive)
        for part, positive in ((share, True), (1 - share, False))
    )
    return {
        "recall": sim.covered([r.recalls["hypertensive"] for r in recalls], sim.sensitivity),
        "balanced accuracy": sim.covered(
            [r.balanced_accuracy for r in recalls], (sim.sensitivity + 0.9) / 2
        ),
        "brier": sim.covered(brier, true_brier),
        "scaled brier": sim.covered(scaled, 1 - true_brier / (share * (1 - share))),
        "risk of all": sim.covered(wholes, 1 - (sim.sensitivity + 0.9) / 2),
        "risk of the surest half": sim.covered(halves, surest_half(sim, share)),
    }


def held(sim, known, new) -> tuple[float, float]:
    """Share of sets of new visits that hold the truth, of each class, at 10 % missed."""
    rows = one_row_a_woman(known.women)
    values = conformal_p_values(
        known.probability[rows],
        known.labels[rows],
        np.zeros(len(rows)),
        new.probability,
        np.zeros(len(new.labels)),
    )
    right = prediction_sets(values, 0.1)[np.arange(len(new.labels)), new.labels]
    return right[new.labels == 0].mean(), right[new.labels == 1].mean()


def test_answers_cover_in_short(sim) -> None:
    found = measure(sim, sim.studies(200, 250, 0.12, True, seed=21), 0.12, draws=150)
    assert min(found.values()) >= 0.90, found


def test_sets_hold_the_truth_of_each_class_as_promised(sim) -> None:
    """On average over calibrations; the surplus is at most 1 / (calibration women + 1)."""
    many = sim.studies(400, 150, 0.15, True, seed=22)
    found = [held(sim, a, b) for a, b in zip(many[::2], many[1::2], strict=True)]
    negative, positive = np.nanmean(found, axis=0)
    assert 0.89 <= negative <= 0.92
    assert 0.88 <= positive <= 0.96


@pytest.mark.slow
@pytest.mark.parametrize(("women", "share"), [(300, 0.1), (150, 0.15), (1_000, 0.05)])
@pytest.mark.parametrize("by_woman", [True, False])
def test_answers_cover(sim, women: int, share: float, by_woman: bool) -> None:
    found = measure(sim, sim.studies(1_000, women, share, by_woman, seed=23), share, draws=400)
    print(women, share, by_woman, found)
    assert min(found.values()) >= 0.915, found


@pytest.mark.slow
def test_shares_of_rare_hits_are_covered(sim) -> None:
    many = sim.studies(2_000, 300, 0.1, True, seed=24)
    rare = [clustered_proportion(c.scores[c.labels == 0] > 2, c.women[c.labels == 0]) for c in many]
    assert sim.covered(rare, float(norm.sf(2))) >= 0.93
