"""Pretrain -> finetune -> evaluate -> export -> screen, as a user types it."""

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

from fetal_hemo.evaluation import read_scores
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.recordings.splits import read_splits


def fetal_hemo(*arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    """The command, run as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "fetal_hemo.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "XDG_CONFIG_HOME": str(home), "OMP_NUM_THREADS": "1"},
        timeout=300,
    )


@pytest.fixture(scope="module")
def runs(cohort: Path, recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with `pre`, `fine`, `study` and `model.fhb`, each made by its verb."""
    home = tmp_path_factory.mktemp("runs")
    for arguments in (
        ("pretrain", cohort, "--recipe", recipe, "--out", home / "pre"),
        ("finetune", cohort, "--from", home / "pre", "--out", home / "fine"),
        ("evaluate", home / "fine", cohort, "--out", home / "study", "--json"),
        ("export", home / "fine", "--out", home / "model.fhb", "--c", home / "c"),
    ):
        done = fetal_hemo(*arguments, home=home)
        assert done.returncode == 0, done.stderr
        if "--json" in arguments:
            assert json.loads(done.stdout)["simulated"] is True
    return home


def test_run_folders_hold_what_they_promise(runs: Path) -> None:
    for name in ("pre", "fine", "study"):
        files = {path.name for path in (runs / name).iterdir()}
        assert {"run.json", "recipe.resolved.toml", "log.txt", "metrics.json"} <= files
        facts = json.loads((runs / name / "run.json").read_text())
        assert facts["status"] == "finished"
        assert facts["simulated"] is True
        assert "simulated" in (runs / name / "report.html").read_text().lower()


def test_the_generated_c_passes_its_own_check(runs: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("no gcc on this machine")
    sources = [runs / "c" / f"{name}.c" for name in ("fh_conv", "fh_trunks", "fh_check")]
    subprocess.run(["gcc", "-std=c99", *sources, "-o", runs / "check"], check=True)
    done = subprocess.run([runs / "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_woman_is_on_both_sides(runs: Path, cohort: Path) -> None:
    recordings = open_cohort(cohort).recordings
    splits = read_splits(runs / "fine" / "splits.json", recordings)
    scored = set(read_scores(runs / "study" / "scores.csv").participant_id.tolist())
    assert scored
    assert scored <= set(splits.women("test"))
    assert not scored & set(splits.women("train") + splits.women("validation"))


def test_every_headline_has_its_controls(runs: Path) -> None:
    metrics = json.loads((runs / "study" / "metrics.json").read_text())
    assert {
        "age_ga_bmi",
        "rhythm",
        "quality_only",
        "gestational_age_only",
        "random_encoder",
        "shuffled_labels",
    } <= set(metrics["controls"])
    assert "detects" not in metrics["verdict"]


def test_report_is_rewritten_from_numbers(runs: Path) -> None:
    for name in ("pre", "fine", "study"):
        before = (runs / name / "report.html").read_bytes()
        (runs / name / "report.html").unlink()
        assert fetal_hemo("report", runs / name, home=runs).returncode == 0
        assert (runs / name / "report.html").read_bytes() == before


def test_bundle_screens_on_the_machine_that_signed_it(runs: Path, cohort: Path) -> None:
    audio = cohort / "audio" / "W0001-V1.flac"
    bundle = runs / "model.fhb"
    verified = fetal_hemo("verify", bundle, "--json", home=runs)
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["ok"]
    screened = fetal_hemo("screen", audio, "--bundle", bundle, "--json", home=runs)
    assert screened.returncode in (0, 4)
    result = json.loads(screened.stdout)
    assert result["outcome"] in ("screened", "abstained")
    assert result["model"]["simulated"] is True


def test_bundle_is_refused_where_its_key_is_unknown(runs: Path, tmp_path: Path) -> None:
    refused = fetal_hemo("verify", runs / "model.fhb", home=tmp_path)
    assert refused.returncode == 5
    assert refused.stderr.startswith("E-BUNDLE-UNTRUSTED")
    assert refused.stderr.count("\n") == 1


def test_device_says_what_the_model_said(runs: Path, cohort: Path) -> None:
    """The probability of a test recording: trained model in torch, int8 bundle on the device."""
    scores = read_scores(runs / "study" / "scores.csv")
    tolerance = 0.05  # of probability; the gate bounds the logits
    for row in range(min(3, len(scores))):
        audio = cohort / "audio" / f"{scores.recording_id[row]}.flac"
        done = fetal_hemo("screen", audio, "--bundle", runs / "model.fhb", "--json", home=runs)
        result = json.loads(done.stdout)
        assert result["outcome"] == "screened"
        assert result["probability"] == pytest.approx(scores.probability[row], abs=tolerance)


def test_a_run_is_not_overwritten(runs: Path, cohort: Path, recipe: Path) -> None:
    again = fetal_hemo("pretrain", cohort, "--recipe", recipe, "--out", runs / "pre", home=runs)
    assert again.returncode == 3
    assert again.stderr.startswith("E-RUN")
    wrong = fetal_hemo("export", runs / "pre", "--out", runs / "no.fhb", home=runs)
    assert wrong.returncode == 3
    assert wrong.stderr.startswith("E-RUN")
    assert not (runs / "no.fhb").exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_ends_with_the_same_bits(
    runs: Path, cohort: Path, recipe: Path, tmp_path: Path, how: signal.Signals
) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "fetal_hemo.cli", "pretrain", str(cohort), "--out", str(out)]
    process = subprocess.Popen(
        [*command, "--recipe", str(recipe)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 120
    while not (out / "checkpoint.safetensors").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(how)
    _, stderr = process.communicate(timeout=60)
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert stderr.decode().strip().splitlines()[-1].startswith("E-INTERRUPTED")
    assert json.loads((out / "run.json").read_text())["status"] == "started"
    refused = fetal_hemo("pretrain", cohort, "--recipe", recipe, "--out", out, home=tmp_path)
    assert refused.returncode == 3
    assert "--resume" in refused.stderr
    resumed = fetal_hemo(
        "pretrain", cohort, "--recipe", recipe, "--out", out, "--resume", home=tmp_path
    )
    assert resumed.returncode == 0, resumed.stderr
    model = "model.safetensors"
    assert (out / model).read_bytes() == (runs / "pre" / model).read_bytes()


def test_resume_refuses_another_recipe(cohort: Path, recipe: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    facts = {"stage": "pretrain", "status": "started", "seconds": 0.0, "data_hash": "other"}
    (out / "run.json").write_text(json.dumps(facts))
    (out / "recipe.resolved.toml").write_text("")
    refused = fetal_hemo(
        "pretrain", cohort, "--recipe", recipe, "--out", out, "--resume", home=tmp_path
    )
    assert refused.returncode == 3
    assert "differs in" in refused.stderr
    assert "recipe" in refused.stderr
