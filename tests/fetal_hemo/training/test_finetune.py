"""What fine-tuning refuses before it trains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import to_toml
from fetal_hemo.training.finetune import finetune
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
    with pytest.raises(FetalHemoError, match="E-NOT-FOUND: there is no manifest"):
        finetune(tmp_path / "cohort", pretrained, tmp_path / "out", pretrained / RECIPE)


def test_a_run_of_another_stage_is_called_by_its_name(pretrained: Path, tmp_path: Path) -> None:
    (pretrained / "run.json").write_text(json.dumps({"stage": "finetune", "status": "finished"}))
    with pytest.raises(FetalHemoError) as refused:
        finetune(tmp_path / "cohort", pretrained, tmp_path / "out")
    assert refused.value.line().endswith("; it is one of finetune")
