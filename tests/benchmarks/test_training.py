"""The training benchmark as called, small, and its arithmetic against known answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.training import bare_s, cpu_hours
from benchmarks.training_jobs import PROJECT, QUICK, jobs, resident
from benchmarks.training_memory import WINDOWS, links
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.simulate import simulate_cohort
from fetal_hemo.training.batches import choose, load_chosen
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.survey import survey


def test_hours_of_the_table() -> None:
    recipe = load_recipe(QUICK)
    rates = {"pretrain": {"cpu_ms_per_window": 4.0}, "finetune_kept": {"cpu_ms_per_window": 0.0}}
    windows = 640 * recipe.pretrain.windows_per_visit * recipe.pretrain.epochs
    assert cpu_hours(rates, recipe) == pytest.approx(200 * windows * 0.004 / 3_600, abs=0.01)


def test_linked_recordings_are_ten_minutes_each(tmp_path: Path) -> None:
    cohort, visits = links(tmp_path, 20)
    assert len({visit.recording.participant_id for visit in visits}) == 20
    chosen = choose(visits[18:], WINDOWS, None)
    assert load_chosen(cohort, chosen).samples.abs().amax(dim=2).min() > 0


@pytest.mark.parametrize("kind", ["pretrain", "measure", "finetune", "finetune_kept"])
def test_the_floor_hears_nothing_and_gives_every_gradient(tmp_path: Path, kind: str) -> None:
    simulate_cohort(tmp_path / "cohort", women=2, seed=0, minutes=0.5, jobs=1)
    cohort, recipe = open_cohort(tmp_path / "cohort"), load_recipe(QUICK)
    visits = survey(cohort, cohort.recordings, recipe).visits
    objective, feed = jobs(cohort, visits, recipe, KeptSignals(cohort, tmp_path))[kind]()
    objective.train()
    batch = next(feed.epoch(generator(0, "floor")))
    losses_of = resident(objective, batch)

    def deaf(*rest: object) -> None:
        raise AssertionError("the front end is heard inside the clock")

    objective.model.front_end.forward = deaf  # type: ignore[method-assign]
    objective.model.front_end.for_encoders = deaf  # type: ignore[method-assign]
    assert bare_s(objective, losses_of, 2) > 0
    asked = [p for p in objective.model.envelope.parameters() if p.requires_grad]
    assert all(p.grad is not None for p in asked)
    of_pretraining = {"pretrain": {"view", "visit"}, "measure": {"physiology", "events"}}
    names = of_pretraining.get(kind, {"classification", "contrast"})
    assert set(losses_of()) == names


@pytest.mark.slow
def test_as_called() -> None:
    arguments = ["--women", "6", "--steps", "3", "--recordings", "10", "30", "--json"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.training", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        cwd=PROJECT,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["simulated"] is True
    for name in ("pretrain", "measure", "finetune", "finetune_kept"):
        assert found[name]["windows_per_s"] > 0
        assert 0 <= found[name]["data_wait_share"] < 1
    assert found["finetune_kept"]["cpu_ms_per_window"] < found["pretrain"]["cpu_ms_per_window"]
    assert min(found["memory"]["peak_rss_mb"]) > 100
