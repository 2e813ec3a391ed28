"""What fine-tuning refuses before it trains."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation.leakage import FITTED, read_fitted
from fetal_hemo.recipe import to_toml
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.training import evaluate
from fetal_hemo.training.finetune import finetune
from fetal_hemo.training.finetune_split import finetune_split
from fetal_hemo.training.folds import SPLITS
from fetal_hemo.training.run_folder import RECIPE


@pytest.fixture
def pretrained(tmp_path: Path, smallest) -> Path:
    """As much of a finished pretraining as is looked at first."""
    path = tmp_path / "pre"
    path.mkdir()
    (path / "run.json").write_text(json.dumps({"stage": "pretrain", "status": "finished"}))
    (path / RECIPE).write_text(to_toml(smallest(split={"seed": 2})))
    return path


@pytest.mark.parametrize(
    ("sections", "what"),
    [
        ({"model": {"width": 16}}, "model.width is 16, of the pretrained run 8"),
        ({"split": {"seed": 3}}, "split.seed is 3, of the pretrained run 2"),
    ],
)
def test_a_recipe_that_says_what_the_run_is_not(
    pretrained: Path, tmp_path: Path, smallest, sections: dict[str, Any], what: str
) -> None:
    """It would stand in the run as if it had been so."""
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(to_toml(smallest(**({"split": {"seed": 2}} | sections))))
    with pytest.raises(FetalHemoError) as refused:
        finetune(tmp_path / "cohort", pretrained, tmp_path / "out", recipe)
    assert refused.value.code == "E-RECIPE"
    assert what in refused.value.line()
    assert not (tmp_path / "out").exists()


def test_the_runs_own_recipe_passes(pretrained: Path, tmp_path: Path) -> None:
    with pytest.raises(FetalHemoError, match="E-NOT-FOUND: there is no such folder"):
        finetune(tmp_path / "cohort", pretrained, tmp_path / "out", pretrained / RECIPE)


def test_a_run_of_another_stage_is_called_by_its_name(pretrained: Path, tmp_path: Path) -> None:
    (pretrained / "run.json").write_text(json.dumps({"stage": "finetune", "status": "finished"}))
    with pytest.raises(FetalHemoError) as refused:
        finetune(tmp_path / "cohort", pretrained, tmp_path / "out")
    assert refused.value.line().endswith("; it is one of finetune")


def test_other_women_are_split_anew(runs: Path, others: Path, recipe: Path, tmp_path: Path) -> None:
    """Pretrained on one cohort, fine-tuned on another: simulated ids that are alike say nothing."""
    out = finetune(others, runs / "pre", tmp_path / "fine", recipe, other_women=True)
    splits = json.loads((out / SPLITS).read_text())
    cohort = open_cohort(others)
    assert splits["folds"].keys() == set(cohort.women)
    facts = json.loads((out / "run.json").read_text())
    assert facts["data_hash"] == cohort.data_hash != facts["pretrained_data_hash"]
    stages = {one.stage: one for one in read_fitted(out / FITTED)}
    assert "pretrained encoders" not in stages  # those women are in no fold here
    training = {woman for woman, fold in splits["folds"].items() if fold == "train"}
    assert set(stages["classifier"].women) <= training
    audit = evaluate(out, others, tmp_path / "study")["leakage"]
    assert audit["clean"], audit


def test_women_who_are_no_others_are_refused(runs: Path, cohort: Path, tmp_path: Path) -> None:
    with pytest.raises(FetalHemoError, match="pretrained on this very cohort") as refused:
        finetune(cohort, runs / "pre", tmp_path / "out", other_women=True)
    assert refused.value.code == "E-SPLIT"
    assert not (tmp_path / "out").exists()


def test_of_real_cohorts_no_woman_may_be_in_both(runs: Path, cohort: Path, smallest) -> None:
    """Her labels may have been seen."""
    real = replace(open_cohort(cohort), simulated=False, data_hash="another")
    source = {"data_hash": "one", "simulated": False, "learned_from": {}}
    with pytest.raises(FetalHemoError, match="16 women of the cohort were met there"):
        finetune_split(runs / "pre", source, real, smallest(), True)
    of_hearts = {"data_hash": "one", "simulated": True, "learned_from": {}}
    assert len(finetune_split(runs / "pre", of_hearts, real, smallest(), True).fold_of) == 16
