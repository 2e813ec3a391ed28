"""Pretraining on women of whom no reading is known, and being told what will not do later."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import to_toml
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.training.pretrain import pretrain
from tests.fetal_hemo.training.readings import without_readings


@pytest.fixture
def unlabelled(others: Path, tmp_path: Path) -> Path:
    return without_readings(others, tmp_path / "unlabelled", lambda row: True)


def test_losses_without_labels_need_none(unlabelled: Path, smallest, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(to_toml(smallest(pretrain={"visit_loss": "off", "epochs": 1})), "utf-8")
    run = pretrain(unlabelled, tmp_path / "run", recipe)
    facts = json.loads((run / "run.json").read_text())
    assert facts["status"] == "finished"
    folds = json.loads((run / "splits.json").read_text())["folds"]
    assert set(folds.values()) == {"train", "validation", "test"}
    assert len(folds) == 16
    assert pretrain(unlabelled, tmp_path / "again", recipe)
    assert json.loads((tmp_path / "again" / "splits.json").read_text())["folds"] == folds


def test_losses_with_labels_say_how_to_do_without(
    unlabelled: Path, recipe: Path, tmp_path: Path
) -> None:
    with pytest.raises(FetalHemoError, match=r"E-COHORT: no recording has a cuff reading") as found:
        pretrain(unlabelled, tmp_path / "run", recipe)
    assert 'set visit_loss = "off"' in found.value.line()
    assert not (tmp_path / "run").exists()


def test_what_fine_tuning_will_refuse_is_said_before_the_first_epoch(
    runs: Path, cohort: Path, tmp_path: Path
) -> None:
    folds = json.loads((runs / "pre" / "splits.json").read_text())["folds"]
    recipe = tmp_path / "recipe.toml"
    recipe.write_text((runs / "pre" / "recipe.resolved.toml").read_text(), "utf-8")
    silent = tmp_path / "silent"
    shutil.copytree(cohort, silent)
    for row in open_cohort(silent).recordings:
        if folds[row.participant_id] == "validation" and (row.sbp_mmhg or 0) >= 140:
            samples, rate = soundfile.read(silent / row.path)
            soundfile.write(silent / row.path, np.zeros(len(samples)), rate, "PCM_16")
    for source, told in ((cohort, 0), (silent, 1)):
        said: list[str] = []
        with pytest.raises(FetalHemoError, match="E-INTERRUPTED"):
            pretrain(source, tmp_path / f"run{told}", recipe, say=until_it_trains(said))
        warnings = [line for line in said if line.startswith("warning: no ")]
        assert len(warnings) == told
    assert "no validation woman has a usable recording with a raised reading" in warnings[0]


def until_it_trains(said: list[str]) -> Callable[[str], None]:
    """Keeps what is said, and stops at the first epoch's line."""

    def say(line: str) -> None:
        said.append(line)
        if line.startswith("epoch"):
            raise KeyboardInterrupt

    return say
