"""Pretraining that goes on from weights which simulated hearts have taught."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.simulate import simulate_cohort
from fetal_hemo.training.finetune import finetune
from fetal_hemo.training.first_weights import first_facts
from fetal_hemo.training.model_file import load_model
from fetal_hemo.training.pretrain import new_objective, pretrain
from fetal_hemo.training.run_folder import RECIPE
from tests.fetal_hemo.training.verbs import fetal_hemo


@pytest.fixture(scope="module")
def still(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe that takes no step: what comes out is what went in."""
    path = tmp_path_factory.mktemp("still") / "recipe.toml"
    path.write_text(recipe.read_text("utf-8").replace("epochs = 3", "epochs = 0", 1), "utf-8")
    return path


def test_the_first_weights_are_those_of_the_run(
    runs: Path, others: Path, still: Path, tmp_path: Path
) -> None:
    done = fetal_hemo(
        *("pretrain", others, "--from", "pre", "--recipe", still, "--out", tmp_path / "again"),
        home=runs,
    )
    assert done.returncode == 0, done.stderr
    given, found = (
        load_model(runs / "pre").state_dict(),
        load_model(tmp_path / "again").state_dict(),
    )
    assert all(torch.equal(found[name], value) for name, value in given.items())
    random = pretrain(others, tmp_path / "random", still)
    assert not all(torch.equal(load_model(random).state_dict()[n], v) for n, v in given.items())
    facts = json.loads((tmp_path / "again" / "run.json").read_text())
    first = json.loads((runs / "pre" / "run.json").read_text())
    assert facts["learned_from"] == {first["data_hash"]: True}


def test_a_teacher_begins_with_them_too(runs: Path, smallest) -> None:
    first = load_model(runs / "pre")
    size = {"width": 48, "embedding": 48, "recording_embedding": 48, "attention_heads": 4}
    recipe = smallest(model=size, teacher={"weight": 1.0})
    teacher = new_objective(recipe, first).teacher.average.module
    weights = first.state_dict()
    assert all(torch.equal(teacher.state_dict()[name], value) for name, value in weights.items())


def test_a_run_is_resumed_with_the_same_first_weights_only(
    runs: Path, others: Path, recipe: Path, tmp_path: Path
) -> None:
    def interrupt(done: int, total: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    with pytest.raises(FetalHemoError, match="E-INTERRUPTED"):
        pretrain(others, out, recipe, first=runs / "pre", progress=interrupt)
    with pytest.raises(FetalHemoError, match="differs in first_weights"):
        pretrain(others, out, recipe, resume=True)
    gone_on = pretrain(others, out, recipe, resume=True, first=runs / "pre")
    whole = pretrain(others, tmp_path / "whole", recipe, first=runs / "pre")
    ends = [load_model(run).state_dict() for run in (gone_on, whole)]
    assert all(torch.equal(ends[0][name], value) for name, value in ends[1].items())


def test_women_whom_it_has_met_are_refused(
    runs: Path, cohort: Path, others: Path, still: Path, tmp_path: Path
) -> None:
    with pytest.raises(FetalHemoError, match=r"E-SPLIT.*on this very cohort"):
        pretrain(cohort, tmp_path / "out", still, first=runs / "pre")
    assert not (tmp_path / "out").exists()
    between = pretrain(others, tmp_path / "between", still, first=runs / "pre")
    third = tmp_path / "third"
    simulate_cohort(third, women=16, seed=31, minutes=0.5, prevalence=0.4, jobs=1)
    later = pretrain(third, tmp_path / "later", still, first=between)
    for again in (
        lambda: pretrain(cohort, tmp_path / "out", still, first=between),
        lambda: pretrain(cohort, tmp_path / "out", still, first=later),
        lambda: finetune(cohort, later, tmp_path / "out", other_women=True),
    ):
        with pytest.raises(FetalHemoError, match=r"E-SPLIT.*on this very cohort"):
            again()


def test_a_run_of_real_women_is_refused(runs: Path, others: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    shutil.copytree(runs / "pre", real)
    facts = json.loads((real / "run.json").read_text())
    (real / "run.json").write_text(json.dumps(facts | {"simulated": False}))
    with pytest.raises(FetalHemoError, match=r"E-SPLIT.*women are real"):
        first_facts(real, open_cohort(others))


@pytest.mark.parametrize("run", ["fine", "no such run"])
def test_what_is_no_pretraining_is_refused(runs: Path, others: Path, tmp_path: Path, run) -> None:
    with pytest.raises(FetalHemoError, match="E-RUN"):
        pretrain(others, tmp_path / "out", first=runs / run)


def test_another_size_of_network_is_refused(runs: Path, others: Path, tmp_path: Path) -> None:
    small = tmp_path / "small.toml"
    small.write_text("[model]\nwidth = 8\n", "utf-8")
    with pytest.raises(FetalHemoError, match=r"E-RECIPE.*of the run") as refused:
        pretrain(others, tmp_path / "out", small, first=runs / "pre")
    assert "\n" not in str(refused.value)
    assert (runs / "pre" / RECIPE).exists()
