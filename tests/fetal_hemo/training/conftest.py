"""A small simulated cohort, made once."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.cohort import Cohort, open_cohort
from fetal_hemo.simulate import simulate_cohort
from fetal_hemo.training.checkpoint import History
from fetal_hemo.training.contrastive import ContrastiveObjective
from fetal_hemo.training.pretrain import train
from fetal_hemo.training.run_folder import start_run
from fetal_hemo.training.survey import Survey, survey
from tests.attacks.canaries import Planted
from tests.fetal_hemo.training.planting import plant, planted_folder
from tests.fetal_hemo.training.verbs import fetal_hemo, under_a_name

RECIPE = """
[training]
checkpoint_s = 0  # after every step

[pretrain]
epochs = 3
visits_per_batch = 8
threads = 1

[finetune]
epochs = 3
max_windows = 8
threads = 1

[split]  # the gate wants two women with and two without a raised pressure
validation = 0.3

[export]  # so few recordings watch the gate that one beside the threshold is a large share
calibration_windows = 32
max_label_flip_share = 0.5
max_auroc_loss = 0.5
distil = false
"""
SMALLEST: dict[str, dict[str, Any]] = {
    "model": {"width": 8, "embedding": 8, "recording_embedding": 8, "attention_heads": 2},
    "pretrain": {"epochs": 2, "visits_per_batch": 4, "windows_per_visit": 2, "threads": 1},
}


class Surveyed(NamedTuple):
    """A cohort and the survey of all its recordings."""

    cohort: Cohort
    found: Survey


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """The cohort, and the names of patients that are hidden in it and in an environment."""
    planted = planted_folder(tmp_path_factory.mktemp("cohort"))
    simulate_cohort(planted.folder, women=16, seed=3, minutes=0.75, prevalence=0.4, jobs=1)
    plant(planted)
    return planted


@pytest.fixture(scope="session")
def cohort(planted: Planted) -> Path:
    """Folder of 16 simulated women with recordings of 45 s."""
    return planted.folder


@pytest.fixture(scope="session")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen women of another simulation."""
    folder = tmp_path_factory.mktemp("others") / "cohort"
    simulate_cohort(folder, women=16, seed=4, minutes=0.75, prevalence=0.4, jobs=1)
    return folder


@pytest.fixture(scope="session")
def audio_of(cohort: Path) -> Callable[[str], Path]:
    """Where a recording's audio is: `audio_of("W0001-V1")`."""
    opened = open_cohort(cohort)
    return {r.recording_id: opened.audio_path(r) for r in opened.recordings}.__getitem__


@pytest.fixture(scope="session")
def runs(planted: Planted, recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with `pre`, `fine`, `study`, `external` and `model.fhb`, each made by its verb.

    What the verbs said is in `said`. The folder's own name, environment and host hold canaries.
    """
    home = tmp_path_factory.mktemp("runs") / planted.new()
    home.mkdir()
    environment = {**planted.environment, "HOME": str(home)}
    cohort, host = planted.folder, under_a_name(planted.environment["HOSTNAME"])
    again = same_women(cohort, tmp_path_factory.mktemp("again") / "cohort")
    for arguments in (
        ("pretrain", cohort, "--recipe", recipe, "--out", "pre"),
        ("finetune", cohort, "--from", "pre", "--out", "fine"),
        ("export", "fine", "--out", "model.fhb", "--c", "c"),
        ("evaluate", "fine", cohort, "--out", "study", "--json", "--bundle", "model.fhb"),
        ("evaluate", "model.fhb", again, "--out", "external"),
    ):
        done = fetal_hemo(*arguments, home=home, environment=environment, before=host)
        assert done.returncode == 0, done.stderr
        if "--json" in arguments:
            assert json.loads(done.stdout)["simulated"] is True
        with (home / "said").open("a", encoding="utf-8") as file:
            file.write(done.stdout + done.stderr)
    return home


def same_women(cohort: Path, folder: Path) -> Path:
    """A cohort of the same recordings with another manifest: its rows are in reverse."""
    shutil.copytree(cohort, folder)
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *reversed(rows)])
    return folder


@pytest.fixture(scope="session")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe that trains in seconds."""
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def surveyed(cohort: Path) -> Surveyed:
    """The cohort, surveyed once."""
    opened = open_cohort(cohort)
    return Surveyed(opened, survey(opened, opened.recordings, load_recipe()))


@pytest.fixture
def smallest(tmp_path: Path) -> Callable[..., Recipe]:
    """A recipe of a very small model, and more: `smallest(pretrain={"epochs": 3})`."""

    def made(**sections: dict[str, Any]) -> Recipe:
        lines = []
        for section in SMALLEST | sections:
            values = SMALLEST.get(section, {}) | sections.get(section, {})
            lines += [f"[{section}]", *(f"{k} = {json.dumps(v)}" for k, v in values.items())]
        path = tmp_path / "smallest.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return load_recipe(path)

    return made


@pytest.fixture
def trained(surveyed: Surveyed) -> Callable[..., tuple[ContrastiveObjective, History]]:
    """Trains on 8 visits, watches 6 visits of other women: `trained(folder, recipe)`."""
    visits = sorted(surveyed.found.visits, key=lambda visit: visit.recording.participant_id)
    women = {visit.recording.participant_id for visit in visits[:8]}
    others = [visit for visit in visits if visit.recording.participant_id not in women]

    def made(
        out: Path, recipe: Recipe, resume: bool = False, **more: Any
    ) -> tuple[ContrastiveObjective, History]:
        torch.set_num_threads(recipe.pretrain.threads)
        with start_run(out, "pretrain", recipe, surveyed.cohort, resume) as run:
            return train(run, surveyed.cohort, visits[:8], others[:6], recipe, **more)

    return made
