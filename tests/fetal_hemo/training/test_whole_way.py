"""Pretrain -> finetune -> evaluate -> export -> screen, as a user types it."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors import safe_open

from export.card import evaluation, model_card
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import read_scores
from fetal_hemo.recordings.cohort import open_cohort
from fetal_hemo.recordings.splits import read_splits
from firmware_bridge.bundle import open_bundle
from firmware_bridge.trust import trusted_keys
from tests.attacks.canaries import Planted, found
from tests.fetal_hemo.training.verbs import fetal_hemo
from tests.firmware_bridge.c.mcu.host import HALF, HostScreen

AudioOf = Callable[[str], Path]


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


def test_the_heads_in_c_say_what_the_bundle_says(runs: Path, tmp_path: Path) -> None:
    """Trained weights, in the form in which a bundle holds them."""
    if shutil.which("gcc") is None or shutil.which("make") is None:
        pytest.skip("no gcc or make on this machine")
    keys = sorted((runs / "fetal-hemo" / "keys").glob("*.pub"))
    bundle = open_bundle(runs / "model.fhb", trusted_keys(keys))
    host = HostScreen(shutil.copytree(runs / "c", tmp_path / "c"))
    for count, share in ((1, 1.0), (9, 0.4), (160, 0.3)):
        assert host.apart_given_views(bundle, count, share) < HALF


def test_the_study_says_that_no_leak_was_found(runs: Path) -> None:
    found = json.loads((runs / "study" / "metrics.json").read_text())["leakage"]
    assert found["clean"] is True, found
    assert len(found["questions"]) == 6
    assert "No leak was found by 6 questions." in (runs / "study" / "report.html").read_text()
    stages = json.loads((runs / "fine" / "fitted.json").read_text())["stages"]
    names = {stage["stage"]: stage["fold"] for stage in stages}
    assert names["pretraining's class prototypes"] == names["class prototypes"] == "train"
    assert names["calibration"] == names["threshold"] == names["epoch"] == "validation"


def test_nobody_is_listened_to_twice(runs: Path) -> None:
    """Fine-tuning takes over the survey of pretraining; evaluation hears its test women alone."""
    lines = {
        name: (runs / name / "survey.jsonl").read_text().splitlines()
        for name in ("pre", "fine", "study")
    }
    assert lines["fine"] == lines["pre"]
    assert 0 < len(lines["study"]) < len(lines["pre"])
    assert not set(lines["study"]) & set(lines["pre"])


def test_no_woman_is_on_both_sides(runs: Path, cohort: Path) -> None:
    recordings = open_cohort(cohort).recordings
    splits = read_splits(runs / "fine" / "splits.json", recordings)
    scored = set(read_scores(runs / "study" / "scores.csv").participant_id.tolist())
    assert scored
    assert scored <= set(splits.women("test"))
    assert not scored & set(splits.women("train") + splits.women("validation"))


def test_a_study_keeps_what_its_numbers_came_from(runs: Path, cohort: Path) -> None:
    splits = read_splits(runs / "fine" / "splits.json", open_cohort(cohort).recordings)
    known = read_scores(runs / "study" / "validation_scores.csv")
    assert set(known.participant_id.tolist()) <= set(splits.women("validation"))
    scored = read_scores(runs / "study" / "scores.csv")
    raised = (scored.sbp_mmhg >= 140) | (scored.dbp_mmhg >= 90)
    assert (raised == (scored.label == 1)).all()
    assert (scored.device_id != "").all()
    listed = (runs / "study" / "labels_to_look_up.csv").read_text().splitlines()
    metrics = json.loads((runs / "study" / "metrics.json").read_text())
    assert len(listed) == 1 + metrics["labels"]["suspicious"]
    assert metrics["abstention"]["conformal"]["reason"] == ""


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
    for name in ("pre", "fine", "study", "external"):
        before = (runs / name / "report.html").read_bytes()
        (runs / name / "report.html").unlink()
        assert fetal_hemo("report", runs / name, home=runs).returncode == 0
        assert (runs / name / "report.html").read_bytes() == before


def test_a_bundle_is_validated_as_a_device_hears_it(
    runs: Path, cohort: Path, audio_of: AudioOf
) -> None:
    """Every recording with a reading is there, with the very probability of `screen`."""
    external = read_scores(runs / "external" / "scores.csv")
    metrics = json.loads((runs / "external" / "metrics.json").read_text())
    readings = {r.recording_id for r in open_cohort(cohort).recordings if r.sbp_mmhg is not None}
    excluded = metrics["flow"]["excluded"].items()
    unreadable = sum(count for why, count in excluded if why.startswith("audio: "))
    assert len(readings - set(external.recording_id)) == unreadable
    row = int(external.scored.argmax())
    audio = audio_of(external.recording_id[row])
    done = fetal_hemo("screen", audio, "--bundle", runs / "model.fhb", "--json", home=runs)
    assert json.loads(done.stdout)["probability"] == external.probability[row]
    assert metrics["counts"]["train_women"] == 0
    assert metrics["classes"]["reason"] == "the device gives a probability and no class"
    assert metrics["controls"]["age_ga_bmi"]["auroc"]["value"] is not None
    page = (runs / "external" / "report.html").read_text()
    assert "external validation without any refitting" in page
    assert "What is not int8" in page  # the bundle's own card


def test_a_bundle_is_not_validated_on_what_trained_it(
    runs: Path, cohort: Path, tmp_path: Path
) -> None:
    done = fetal_hemo("evaluate", runs / "model.fhb", cohort, "--out", tmp_path / "x", home=runs)
    assert (done.returncode, done.stderr.split(":")[0]) == (3, "E-SPLIT")
    assert not (tmp_path / "x").exists()


def test_a_model_of_simulated_women_on_recordings_that_are_not(
    runs: Path, others: Path, tmp_path: Path
) -> None:
    """The page calls the model simulated, and not the recordings."""
    real = tmp_path / "real"
    shutil.copytree(others, real)
    (real / "cohort.json").unlink()
    done = fetal_hemo("evaluate", runs / "model.fhb", real, "--out", tmp_path / "x", home=runs)
    assert done.returncode == 0, done.stderr
    metrics = json.loads((tmp_path / "x" / "metrics.json").read_text())
    assert (metrics["simulated"], metrics["model_simulated"]) == (False, True)
    assert "with a model trained on simulated data" in metrics["verdict"]
    page = (tmp_path / "x" / "report.html").read_text()
    assert "were made by a simulator" not in page
    assert "simulated 1D fetal Doppler" not in page
    assert "learned from simulated women" in page


def test_float_and_device_stand_side_by_side(runs: Path) -> None:
    found = json.loads((runs / "study" / "metrics.json").read_text())["agreement"]
    single, external = (read_scores(runs / name / "scores.csv") for name in ("study", "external"))
    said = dict(zip(external.recording_id, external.probability, strict=True))
    pairs = [
        (own, said.get(name, math.nan))
        for own, name in zip(single.probability, single.recording_id, strict=True)
    ]
    apart = [abs(own - its) for own, its in pairs if math.isfinite(own + its)]
    assert found["recordings"] == len(apart) > 0
    assert found["probability_max_abs"] == pytest.approx(max(apart))
    assert "int8 on the device" in (runs / "study" / "report.html").read_text()


def test_the_card_takes_numbers_from_a_study_of_this_run_alone(runs: Path) -> None:
    metrics = json.loads((runs / "study" / "metrics.json").read_text())
    bundle = open_bundle(
        runs / "model.fhb", trusted_keys(sorted((runs / "fetal-hemo" / "keys").glob("*.pub")))
    )
    card = model_card(bundle.manifest, evaluation(runs / "study", runs / "fine")).decode()
    assert metrics["verdict"] in card
    assert "140 mmHg systolic or 90 mmHg" in card
    assert "exported without a study" in bundle.members["MODEL_CARD.md"].decode()
    with pytest.raises(FetalHemoError, match="E-RUN: is no study of this run"):
        evaluation(runs / "study", runs / "pre")
    with pytest.raises(FetalHemoError, match="E-RUN: is no finished evaluate"):
        evaluation(runs / "fine", runs / "fine")


def test_two_studies_side_by_side(runs: Path, tmp_path: Path) -> None:
    page = tmp_path / "compare.html"
    done = fetal_hemo("report", runs / "study", runs / "external", "--out", page, home=runs)
    assert done.returncode == 0, done.stderr
    text = page.read_text()
    assert "AUROC of A minus B" in text
    assert "external validation of an exported bundle" in text
    for wrong in ((runs / "study", "--out", page), (runs / "study", runs / "external")):
        refused = fetal_hemo("report", *wrong, home=runs)
        assert (refused.returncode, refused.stderr[:7]) == (2, "E-USAGE")


def test_an_explained_view_of_the_bundle(runs: Path, audio_of: AudioOf, tmp_path: Path) -> None:
    audio, page = audio_of("W0001-V1"), tmp_path / "view.html"
    options = ("--bundle", runs / "model.fhb", "--explain")
    done = fetal_hemo("view", audio, "--out", page, *options, home=runs)
    assert done.returncode in (0, 4), done.stderr
    if done.returncode == 0:
        text = page.read_text()
        assert "Attention over the views" in text
        assert "randomised weights" in text
    refused = fetal_hemo("view", audio, "--out", tmp_path / "a.png", *options, home=runs)
    assert (refused.returncode, refused.stderr[:7]) == (2, "E-USAGE")


def test_wrong_grammar_of_evaluate_is_one_line(runs: Path, cohort: Path, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "no")
    for wrong in (
        (cohort,),
        (runs / "fine", cohort, "--resume"),
        (runs / "fine", cohort, "--study", "none.toml"),
        (runs / "model.fhb", cohort, "--bundle", runs / "model.fhb"),
    ):
        refused = fetal_hemo("evaluate", *wrong, *out, home=runs)
        assert (refused.returncode, refused.stderr[:7]) == (2, "E-USAGE")
        assert refused.stderr.count("\n") == 1
    missing = fetal_hemo("evaluate", cohort, "--study", tmp_path / "none.toml", *out, home=runs)
    assert missing.stderr.startswith("E-NOT-FOUND")
    assert not (tmp_path / "no").exists()


def test_bundle_screens_on_the_machine_that_signed_it(runs: Path, audio_of: AudioOf) -> None:
    audio = audio_of("W0001-V1")
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


def test_device_says_what_the_model_said(runs: Path, audio_of: AudioOf) -> None:
    """The probability of a test recording: trained model in torch, int8 bundle on the device."""
    scores = read_scores(runs / "study" / "scores.csv")
    tolerance = 0.05  # of probability; the gate bounds the logits
    for row in range(min(3, len(scores))):
        audio = audio_of(scores.recording_id[row])
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


def stopped_inside_an_epoch(command: list[str], out: Path, how: signal.Signals) -> tuple[int, str]:
    """Status and stderr of a run that was stopped after its first step, before its epoch's end."""
    for _ in range(5):  # a machine that is busy may let it come to the end of an epoch
        shutil.rmtree(out, ignore_errors=True)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 120
        while not (out / "checkpoint.safetensors").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(how)
        _, stderr = process.communicate(timeout=60)
        with safe_open(str(out / "checkpoint.safetensors"), framework="pt") as file:
            position = json.loads(file.metadata()["position"])
        if position["steps"]:
            return process.returncode, stderr.decode()
    raise AssertionError("the run was never caught inside an epoch")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_ends_with_the_same_bits(
    runs: Path, planted: Planted, recipe: Path, tmp_path: Path, how: signal.Signals
) -> None:
    cohort = planted.folder
    out = tmp_path / "run"
    command = [sys.executable, "-m", "fetal_hemo.cli", "pretrain", str(cohort), "--out", str(out)]
    status, stderr = stopped_inside_an_epoch([*command, "--recipe", str(recipe)], out, how)
    if how == signal.SIGINT:
        assert status == 130
        assert stderr.strip().splitlines()[-1].startswith("E-INTERRUPTED")
    assert json.loads((out / "run.json").read_text())["status"] == "started"
    refused = fetal_hemo("pretrain", cohort, "--recipe", recipe, "--out", out, home=tmp_path)
    assert refused.returncode == 3
    assert "--resume" in refused.stderr
    assert found(planted, out, stderr.encode()) == set()  # there is a checkpoint
    resumed = fetal_hemo(
        "pretrain", cohort, "--recipe", recipe, "--out", out, "--resume", home=tmp_path
    )
    assert resumed.returncode == 0, resumed.stderr
    model = "model.safetensors"
    assert (out / model).read_bytes() == (runs / "pre" / model).read_bytes()


@pytest.mark.slow
def test_two_processes_train_what_one_does(
    runs: Path, cohort: Path, recipe: Path, tmp_path: Path
) -> None:
    """The verbs under torchrun: the same losses, one that writes, one that speaks."""
    pre, fine = tmp_path / "pre", tmp_path / "fine"
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    for arguments in (
        ("pretrain", cohort, "--recipe", recipe, "--out", pre),
        ("finetune", cohort, "--from", pre, "--out", fine),
    ):
        done = subprocess.run(
            [sys.executable, *launcher, "-m", "fetal_hemo.cli", *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("report.html") == 1
    for folder, name in ((pre, "pre"), (fine, "fine")):
        assert json.loads((folder / "run.json").read_text())["processes"] == 2
        together, alone = (
            [json.loads(line)["loss"] for line in (path / "steps.jsonl").open()]
            for path in (folder, runs / name)
        )
        assert together == pytest.approx(alone, rel=1e-2)
        assert together[0] == pytest.approx(alone[0], rel=1e-3)


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
