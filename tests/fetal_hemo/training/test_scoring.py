"""Scores by some of the views: those of the model under that mask, and by all of them as before."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import torch

from fetal_hemo.constants import VIEWS
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.training.batches import choose, load_chosen
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.pretrain import new_objective
from fetal_hemo.training.scoring import score_visits
from fetal_hemo.training.sources import Sound

SUBSETS = [views for size in (1, 2, 3) for views in combinations(VIEWS, size)]


@pytest.fixture
def model(smallest) -> ScreeningModel:
    return new_objective(smallest()).model.eval()


@torch.no_grad()
def by_hand(model: ScreeningModel, surveyed, views: tuple[str, ...]) -> np.ndarray:
    """Logits of three visits from all windows, other views left out of the graph's mask."""
    rows = []
    for visit in surveyed.found.visits[:3]:
        batch = load_chosen(surveyed.cohort, choose([visit], len(visit.usable), None))
        embeddings = model.encode_windows(batch.samples[0]).view_embeddings[None]
        mask = torch.zeros(embeddings.shape[:3])
        for view in views:
            mask[:, :, VIEWS.index(view)] = 1.0
        output = model.encode_recording(embeddings, batch.start_s, mask, batch.window_mask)
        rows.append(output.logits[0])
    return torch.stack(rows).numpy()


@pytest.mark.parametrize("views", SUBSETS, ids="+".join)
def test_some_views_are_those_under_a_mask(model, surveyed, views: tuple[str, ...]) -> None:
    found = score_visits(model, Sound(surveyed.cohort), surveyed.found.visits[:3], views).logits
    np.testing.assert_allclose(found, by_hand(model, surveyed, views), rtol=1e-4, atol=1e-5)


def test_every_subset_says_something_else_and_all_views_what_none_named_says(
    model, surveyed, tmp_path: Path
) -> None:
    source, visits = KeptSignals(surveyed.cohort, tmp_path), surveyed.found.visits[:3]
    found = [score_visits(model, source, visits, views).logits for views in SUBSETS]
    assert len({logits.tobytes() for logits in found}) == len(SUBSETS)
    plain = score_visits(model, source, visits)
    assert np.array_equal(found[-1], plain.logits)
    again = score_visits(model, source, visits, VIEWS[::-1])
    assert np.array_equal(again.embeddings, plain.embeddings)


def test_a_view_that_the_model_does_not_offer_is_refused(surveyed, smallest) -> None:
    recipe = smallest(model={"views": ["rhythm", "envelope"]})
    model, source = new_objective(recipe).model, Sound(surveyed.cohort)
    for views in (["time_frequency"], ["rhythm", "rythm"], []):
        with pytest.raises(ValueError, match="some of rhythm, envelope"):
            score_visits(model, source, surveyed.found.visits[:1], views)
