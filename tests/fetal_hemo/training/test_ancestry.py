"""What learned from simulated women is called so, however many runs ago that was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from export.data_statement import data_statement
from export.run_manifest import run_manifest
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.report.modest_words import may_claim
from fetal_hemo.training.ancestry import cohorts_of, learned_from_simulated
from fetal_hemo.training.evaluate import evaluate
from fetal_hemo.training.external import require_another_cohort
from fetal_hemo.training.finetune import finetune
from fetal_hemo.training.pretrain import pretrain
from fetal_hemo.training.run_folder import RECIPE, read_facts, read_metrics

OWN = {"data_hash": "own", "simulated": False}


def test_every_run_before_is_known_and_those_of_a_teacher() -> None:
    facts = {**OWN, "learned_from": {"a": True}, "teacher_learned_from": {"b": False}}
    assert cohorts_of(facts) == {"a": True, "b": False, "own": False}
    assert learned_from_simulated(facts)
    assert learned_from_simulated({**OWN, "learned_from": {}, "teacher_learned_from": {"b": True}})
    assert not learned_from_simulated({**OWN, "learned_from": {"a": False}})


def test_a_run_that_does_not_say_is_refused() -> None:
    with pytest.raises(FetalHemoError, match=r"E-RUN.*does not say"):
        cohorts_of(OWN)


@pytest.fixture(scope="module")
def real(others: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cohort that passes for recorded, without the simulator's truth."""
    folder = tmp_path_factory.mktemp("real") / "cohort"
    shutil.copytree(others, folder, ignore=shutil.ignore_patterns("truth", "oracle.json"))
    (folder / "cohort.json").write_text(json.dumps({"simulated": False}))
    assert not open_cohort(folder).simulated
    return folder


@pytest.fixture(scope="module")
def fine(runs: Path, real: Path, recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Simulated hearts, then contrast of recorded women, then their labels."""
    home = tmp_path_factory.mktemp("chain")
    between = pretrain(real, home / "between", recipe, first=runs / "pre")
    return finetune(real, between, home / "fine")


def test_a_bundle_says_so(fine: Path, runs: Path) -> None:
    facts, recipe = read_facts(fine), load_recipe(fine / RECIPE)
    manifest = run_manifest(fine, facts, recipe, read_metrics(fine)["calibration"])
    assert facts["simulated"] is False
    assert manifest["simulated"] is manifest["training_data"]["simulated"] is True
    assert "simulat" in manifest["notice"]
    said = data_statement(fine, facts, recipe, read_metrics(fine)["calibration"])
    assert said["pretrained_on"] == "simulated, then recorded sound"
    hashes = {facts["data_hash"], read_facts(runs / "pre")["data_hash"]}
    assert set(said["learned_from"]) == hashes


def test_a_study_says_so_and_claims_nothing(fine: Path, real: Path, tmp_path: Path) -> None:
    metrics = evaluate(fine, real, tmp_path / "study")
    assert (metrics["simulated"], metrics["model_simulated"]) == (False, True)
    assert "learned from simulated women" in (tmp_path / "study" / "report.html").read_text("utf-8")
    shown = {"value": 0.2, "low": 0.1, "high": 0.3, "reason": ""}
    clinical = metrics["controls"]["age_ga_bmi"] | {"difference": shown}
    metrics["controls"] |= {"age_ga_bmi": clinical}
    assert not may_claim(metrics)
    assert may_claim(metrics | {"model_simulated": False})


def test_a_bundle_is_not_validated_on_what_it_learned_from_first(
    fine: Path, cohort: Path, real: Path
) -> None:
    facts, recipe = read_facts(fine), load_recipe(fine / RECIPE)
    training = run_manifest(fine, facts, recipe, read_metrics(fine)["calibration"])["training_data"]
    for met in (cohort, real):
        with pytest.raises(FetalHemoError, match=r"E-SPLIT.*trained on this cohort"):
            require_another_cohort(training, open_cohort(met))
