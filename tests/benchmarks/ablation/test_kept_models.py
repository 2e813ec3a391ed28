"""A model that rows share is trained once, and each row pays for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.ablation.kept_models import Kept, kept_model, model_place
from benchmarks.ablation.prediction import CellKey
from benchmarks.ablation.pretraining import new_model
from benchmarks.ablation.row_recipes import recipe_of
from benchmarks.ablation.rows import OURS, ROWS
from benchmarks.ablation.world import FoldVisits
from fetal_hemo.encoders import ScreeningModel
from tests.benchmarks.ablation.planted import QUICK_WORLD, VISITS


def test_a_kept_model_is_of_its_validation_visits() -> None:
    world: Any = SimpleNamespace(work=Path("w"), cohort_id="w")
    key, fewer = CellKey(1.0, OURS, 0, 0), FoldVisits(VISITS, VISITS[:8], ())
    whole = FoldVisits(VISITS, VISITS, ())
    assert model_place("a", [], whole, world, key) != model_place("a", [], fewer, world, key)


def test_a_kept_model_costs_what_its_trainings_cost_whoever_needs_it(tmp_path: Path) -> None:
    recipe = recipe_of(ROWS["tiny"], QUICK_WORLD, 0)

    def trained_for(seconds: float) -> Callable[[ScreeningModel], ScreeningModel]:
        def train(model: ScreeningModel) -> ScreeningModel:
            end = time.process_time() + seconds
            while time.process_time() < end:
                pass
            time.sleep(0.5)  # the processor was free for others
            return model

        return train

    def pretrained() -> Kept:
        first = Kept(new_model(recipe), 0.0, 0.0)
        return kept_model(tmp_path / "pretrained", lambda: first, trained_for(0.2))

    first = kept_model(tmp_path / "one", pretrained, trained_for(0.1))
    assert first.seconds == pytest.approx(0.3, abs=0.1)
    assert first.earlier == 0.0
    second = kept_model(tmp_path / "another", pretrained, trained_for(0.1))
    assert second.seconds == pytest.approx(0.3, abs=0.1)
    assert second.earlier == pytest.approx(0.2, abs=0.1)
    again = kept_model(tmp_path / "one", pretrained, trained_for(9.0))
    assert again.seconds == again.earlier == pytest.approx(first.seconds, abs=0.01)
