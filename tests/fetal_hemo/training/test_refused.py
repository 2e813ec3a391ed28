"""A run whose data do not do leaves a folder that can be used again; none lies in a cohort."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.training.cross_validate import cross_validate
from fetal_hemo.training.evaluate import evaluate
from fetal_hemo.training.external import evaluate_bundle
from fetal_hemo.training.finetune import finetune
from fetal_hemo.training.pretrain import pretrain
from fetal_hemo.training.run_folder import finished_run, read_facts
from tests.fetal_hemo.training.readings import without_readings


def test_the_folder_of_a_refused_run_is_free_for_other_data(
    runs: Path, cohort: Path, tmp_path: Path
) -> None:
    folds = json.loads((runs / "pre" / "splits.json").read_text())["folds"]
    out, few = tmp_path / "out", tmp_path / "few"
    without_readings(cohort, few, lambda row: folds[row["participant_id"]] == "validation")
    for _ in range(2):  # the second time as the first, not that a run is to be gone on with
        with pytest.raises(FetalHemoError, match=r"E-COHORT: validation women") as refused:
            finetune(few, runs / "pre", out)
        assert "pretrain again with another seed in [split]" in refused.value.line()
    assert read_facts(out)["status"] == "refused"
    with pytest.raises(FetalHemoError, match=r"its data were refused: see log\.txt"):
        finished_run(out, ["finetune"])
    assert "E-COHORT: validation women" in (out / "log.txt").read_text()
    finetune(cohort, runs / "pre", out)
    assert read_facts(out)["status"] == "finished"


Verb = Callable[[Path, Path, Path], object]
VERBS: list[Verb] = [
    lambda runs, cohort, out: pretrain(cohort, out),
    lambda runs, cohort, out: finetune(cohort, runs / "pre", out),
    lambda runs, cohort, out: evaluate(runs / "fine", cohort, out),
    lambda runs, cohort, out: evaluate_bundle(runs / "model.fhb", cohort, out),
    lambda runs, cohort, out: cross_validate(cohort, runs / "pre" / "recipe.resolved.toml", out),
]


@pytest.mark.parametrize("verb", VERBS, ids=["pretrain", "finetune", "run", "bundle", "folds"])
@pytest.mark.parametrize("within", [".", "runs/a"])
def test_nothing_is_written_into_a_cohort(
    runs: Path, cohort: Path, verb: Verb, within: str
) -> None:
    before = sorted(cohort.rglob("*"))
    with pytest.raises(FetalHemoError, match="E-USAGE: --out lies in the cohort"):
        verb(runs, cohort, cohort / within)
    assert sorted(cohort.rglob("*")) == before
