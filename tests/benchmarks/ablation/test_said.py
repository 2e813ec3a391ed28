"""What the rows that are not trained networks say, and how much they learned."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.ablation.classes import adjusted_classes
from benchmarks.ablation.learned import learned_numbers
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.pretraining import new_model
from benchmarks.ablation.row_recipes import recipe_of
from benchmarks.ablation.rows import OURS, ROWS, SUPERVISED
from benchmarks.ablation.simple import features
from benchmarks.ablation.world import FoldVisits
from fetal_hemo.training.survey import Visit
from tests.benchmarks.ablation.planted import QUICK_WORLD


def told(number: int, label: int, draw: np.random.Generator) -> Visit:
    """A visit of which everything is known that a control is given; its rhythm tells the class."""
    known = SimpleNamespace(
        recording_id=f"R{number}",
        participant_id=f"W{number}",
        gestational_age_days=250.0 + draw.normal(),
        maternal_age_years=30.0 + draw.normal(),
        bmi_kg_m2=None if number % 3 else 25.0,
    )
    rhythm = (140.0 + label + draw.normal(), 5.0 + label + draw.normal(), 5.0 + draw.normal())
    facts: Any = (known, label, (0,), 0, 0, 1, (1.0, 0.0), *rhythm)
    return Visit(*facts)


@pytest.mark.parametrize("name", ["rhythm_logistic", "rhythm_boosting", "age_ga_bmi"])
def test_a_control_says_rare_classes_too_and_how_much_it_learned(name: str) -> None:
    draw = np.random.default_rng(0)
    labels = draw.choice(4, size=900, p=(0.6, 0.2, 0.14, 0.06))
    every = [told(number, int(label), draw) for number, label in enumerate(labels)]
    visits = FoldVisits(tuple(every[:500]), tuple(every[500:600]), tuple(every[600:]))
    nothing: Any = None
    found = features(ROWS[name], visits, nothing, CellKey(1.0, name, 0, 0))
    assert found.classes is not None
    assert len(found.classes) == len(found.test) == 300
    share = np.bincount(found.classes, minlength=4) / 300
    assert share[3] > 0.06  # an unweighted one hardly ever says it
    assert share[0] < 0.6
    # Three features and an intercept for the end point and for each class; or leaves of trees.
    assert found.parameters > 1_000 if name == "rhythm_boosting" else found.parameters == 20


def test_logits_that_learned_the_prior_are_rid_of_it_once() -> None:
    labels = np.array([0] * 59 + [1] * 19 + [2] * 13 + [3] * 5)  # and one imaginary of each
    logits = np.log([[0.6, 0.2, 0.14, 0.06 * 1.1]])
    assert adjusted_classes(logits, labels).tolist() == [3]
    assert adjusted_classes(logits, labels, 1.0).tolist() == [0]


def test_numbers_of_views_that_are_not_heard_are_not_counted() -> None:
    every, one = (new_model(recipe_of(ROWS[n], QUICK_WORLD, 0)) for n in (OURS, SUPERVISED))
    unheard = ("envelope.", "rhythm.", "fusion.project.1.", "fusion.project.2.")
    learned = {n: p.numel() for n, p in every.named_parameters() if p.requires_grad}
    assert learned_numbers(every) == sum(learned.values())
    idle = sum(count for name, count in learned.items() if name.startswith(unheard))
    of_mean = 2 * every.size.embedding * every.average.measure.out_features  # columns of two views
    assert learned_numbers(one) == sum(learned.values()) - idle - of_mean
    assert idle > 10_000
