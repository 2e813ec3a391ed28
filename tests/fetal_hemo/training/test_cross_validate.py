"""A study by folds: everything fitted inside, resumable, and recomputed from saved scores."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import read_scores
from fetal_hemo.evaluation.leakage import read_fitted
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.recordings.splits import read_splits
from fetal_hemo.simulate import simulate_cohort
from fetal_hemo.training.study_facts import read_study_facts

RECIPE = """
[model]
width = 8
embedding = 8
recording_embedding = 8
attention_heads = 2
[windows]
min_usable_windows = 1
[split]
validation = 0.4
[pretrain]
epochs = 1
visits_per_batch = 4
windows_per_visit = 2
threads = 1
[finetune]
epochs = 1
max_windows = 4
augment = false
threads = 1
[study]
folds = 2
candidates = ["learning_rate = 0.01"]
"""
FILES = ("scores.csv", "validation_scores.csv", "controls.csv", "training.csv", "embeddings.npy")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "fetal_hemo.cli", *map(str, arguments)]


def finished(*arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=900, env=environment
    )


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "study.toml"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="module")
def women(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 simulated women with recordings of a quarter of a minute."""
    folder = tmp_path_factory.mktemp("women") / "cohort"
    simulate_cohort(folder, women=24, seed=5, minutes=0.25, prevalence=0.5, jobs=1)
    return folder


@pytest.fixture(scope="module")
def study(women: Path, recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole study."""
    out = tmp_path_factory.mktemp("study") / "study"
    done = finished("evaluate", women, "--study", recipe, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "asked in each of 2 folds" in done.stdout
    return out


def test_every_recording_is_tested_once_by_a_model_that_never_knew_her(
    study: Path, women: Path
) -> None:
    recordings = open_cohort(women).recordings
    table = read_scores(study / "scores.csv")
    readings = [r.recording_id for r in recordings if r.sbp_mmhg is not None]
    assert len(set(table.recording_id)) == len(table)
    excluded = json.loads((study / "facts.json").read_text())["flow"]["excluded"]
    unreadable = sum(count for why, count in excluded.items() if why.startswith("audio: "))
    assert len(set(readings) - set(table.recording_id)) == unreadable
    for name in ("fold-1", "fold-2"):
        tested = set(table.participant_id[table.split == name].tolist())
        folder = study / "folds" / name
        stages = {stage.stage: stage for stage in read_fitted(folder / "fitted.json")}
        wanted = {"pretrained encoders", "classifier", "epoch", "calibration", "threshold"}
        assert wanted <= set(stages)
        for stage in stages.values():
            assert stage.women
            assert not tested & set(stage.women), stage.stage
        splits = read_splits(folder / "splits.json", recordings)
        assert tested <= set(splits.women("test"))
    assert json.loads((study / "metrics.json").read_text())["leakage"]["clean"] is True


def test_a_leak_planted_in_a_fold_is_found(study: Path, women: Path, tmp_path: Path) -> None:
    """The same audit, with a threshold that saw a tested woman."""
    from dataclasses import replace

    from fetal_hemo.evaluation.leakage.fitted import write_fitted
    from fetal_hemo.progress import silent
    from fetal_hemo.recipe import load_recipe
    from fetal_hemo.training.cross_validate import _audit
    from fetal_hemo.training.fold_plan import plan_folds

    shutil.copytree(study, tmp_path / "study")
    cohort = open_cohort(women)
    plans = plan_folds(cohort, load_recipe(study / "recipe.resolved.toml"))
    path = tmp_path / "study" / "folds" / "fold-2" / "fitted.json"
    her = plans[1].tested[0].participant_id
    write_fitted(
        path,
        [
            replace(stage, women=(*stage.women, her)) if stage.stage == "threshold" else stage
            for stage in read_fitted(path)
        ],
    )
    found = _audit(tmp_path / "study", cohort, plans, silent)
    assert found["clean"] is False
    texts = [text for question in found["questions"] for text in question["findings"]]
    assert any(text.startswith("fold-2: ") and "threshold" in text for text in texts)


def test_every_figure_comes_back_without_the_models(study: Path, tmp_path: Path) -> None:
    shutil.copytree(study, tmp_path / "study")
    shutil.rmtree(tmp_path / "study" / "folds")
    before = [(study / name).read_bytes() for name in ("report.html", "metrics.json")]
    for name in ("report.html", "metrics.json"):
        (tmp_path / "study" / name).unlink()
    done = finished("report", tmp_path / "study")
    assert done.returncode == 0, done.stderr
    after = [(tmp_path / "study" / name).read_bytes() for name in ("report.html", "metrics.json")]
    assert after == before


def test_the_page_says_how_the_folds_were_made(study: Path) -> None:
    text = (study / "report.html").read_text()
    assert "2-fold cross-validation grouped by woman" in text
    assert "Encoders were pretrained anew in every fold." in text
    assert "as were the training settings" in text
    assert "One recording, explained" in text
    assert "The thresholds, one a fold" in text


def test_a_study_by_folds_without_what_it_always_has_is_refused(
    study: Path, tmp_path: Path
) -> None:
    whole = json.loads((study / "facts.json").read_text())
    assert read_study_facts(study) == whole
    for part, key in [(whole, key) for key in list(whole)] + [
        (whole["design"], key) for key in list(whole["design"])
    ]:
        value = part.pop(key)
        (tmp_path / "facts.json").write_text(json.dumps(whole))
        with pytest.raises(FetalHemoError, match=rf"E-RUN: .*{key} is .*facts\.json"):
            read_study_facts(tmp_path)
        part[key] = value


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_study_goes_on_fold_by_fold(
    study: Path, women: Path, recipe: Path, tmp_path: Path, how: signal.Signals
) -> None:
    out = tmp_path / "study"
    verb = command("evaluate", women, "--study", recipe, "--out", out)
    process = subprocess.Popen(verb, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    second = out / "folds" / "fold-2" / "pretrain"
    deadline = time.monotonic() + 200
    while not second.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(how)
    _, stderr = process.communicate(timeout=60)
    if how == signal.SIGINT:
        assert process.returncode == 130, stderr.decode()
        assert stderr.decode().strip().splitlines()[-1].startswith("E-INTERRUPTED")
    first = (out / "folds" / "fold-1" / "scores.csv").stat().st_mtime_ns
    refused = finished("evaluate", women, "--study", recipe, "--out", out)
    assert (refused.returncode, "--resume" in refused.stderr) == (3, True)
    done = finished("evaluate", women, "--study", recipe, "--out", out, "--resume")
    assert done.returncode == 0, done.stderr
    assert (out / "folds" / "fold-1" / "scores.csv").stat().st_mtime_ns == first
    for name in FILES:
        assert (out / name).read_bytes() == (study / name).read_bytes(), name
