"""The device install: a new virtual environment with the base dependencies and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

PROJECT = Path(__file__).resolve().parents[1]
ABSENT = ("torch", "scipy", "sklearn", "onnx", "matplotlib", "jinja2", "safetensors")


def run(*command: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment["XDG_CONFIG_HOME"] = str(cwd / "config")
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        timeout=600,
    )


@pytest.fixture(scope="module")
def device(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of an environment made by `pip install .` from a copy of the tracked files."""
    home = tmp_path_factory.mktemp("device")
    made = run(sys.executable, "-m", "venv", home / "venv", cwd=home)
    assert made.returncode == 0, made.stderr
    source = home / "source"
    listed = run("git", "-C", PROJECT, "ls-files", "-co", "--exclude-standard", cwd=home)
    for name in listed.stdout.splitlines():
        if (PROJECT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((PROJECT / name).read_bytes())
    pip = run(home / "venv/bin/pip", "install", "--quiet", source, cwd=home)
    if "No matching distribution" in pip.stderr or "ConnectionError" in pip.stderr:
        pytest.skip("no package index within reach")
    assert pip.returncode == 0, pip.stderr
    return home


@pytest.fixture(scope="module")
def recording(device: Path) -> Path:
    """A minute of noise that beats 140 times."""
    path = device / "recording.wav"
    text = f"""
import numpy as np, soundfile
time = np.arange(60 * 4000) / 4000
noise = np.random.default_rng(0).normal(0, 0.2, time.size)
loud = 0.05 + np.clip(np.sin(2 * np.pi * 140 / 60 * time), 0, None) ** 4
soundfile.write({str(path)!r}, noise * loud, 4000)
"""
    assert run(device / "venv/bin/python", "-c", text, cwd=device).returncode == 0
    return path


def test_nothing_of_the_workstation_is_there(device: Path) -> None:
    for name in ABSENT:
        found = run(device / "venv/bin/python", "-c", f"import {name}", cwd=device)
        assert "ModuleNotFoundError" in found.stderr, name


@pytest.mark.parametrize("command", [["fetal-hemo"], ["python", "-m", "firmware_bridge"]])
def test_screen_and_verify_work(device: Path, recording: Path, command: list[str]) -> None:
    program = [device / "venv/bin" / command[0], *command[1:]]
    screened = run(*program, "screen", recording, "--json", cwd=device)
    assert screened.returncode in (0, 4), screened.stderr
    result = json.loads(screened.stdout)
    assert result["heart_rate"]["mean_bpm"] == pytest.approx(140, abs=2)
    schema = json.loads((PROJECT / "firmware_bridge/schemas/result.schema.json").read_text())
    jsonschema.validate(result, schema)
    site = next((device / "venv/lib").glob("python3*/site-packages"))
    bundle = site / "firmware_bridge/models/default.fhb"
    verified = run(*program, "verify", bundle, "--json", cwd=device)
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["ok"] is True
    assert bundle.stat().st_size < 1_000_000
    assert "not for clinical use" in json.loads(verified.stdout)["notice"]


def test_doctor_and_bench_work(device: Path) -> None:
    program = device / "venv/bin/fetal-hemo"
    facts = json.loads(run(program, "doctor", "--json", cwd=device).stdout)
    assert facts["device"]["complete"] is True
    assert facts["workstation"]["complete"] is False
    assert facts["default_bundle"]["ok"] is True
    measured = json.loads(run(program, "bench", "--json", cwd=device).stdout)
    assert measured["times_real_time"] > 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["simulate", "--out", "c"],
        ["pretrain", "c", "--out", "r"],
        ["finetune", "c", "--from", "p", "--out", "r"],
        ["evaluate", "r", "c", "--out", "s"],
        ["report", "r"],
        ["export", "r", "--out", "m.fhb"],
    ],
)
def test_training_verbs_say_what_to_install(device: Path, arguments: list[str]) -> None:
    done = run(device / "venv/bin/fetal-hemo", *arguments, cwd=device)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("E-NEEDS-EXTRA")
    assert "pip install 'fetal-hemo[train]'" in done.stderr


def test_one_folder_and_a_bundle_are_an_installation(device: Path, recording: Path) -> None:
    """`firmware_bridge` copied by hand, run beside the base packages without ours installed."""
    copy = device / "copied"
    (copy / "firmware_bridge").mkdir(parents=True)
    for path in (PROJECT / "firmware_bridge").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = copy / path.relative_to(PROJECT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    text = """
import sys
sys.path.insert(0, sys.argv[1])
import firmware_bridge
assert firmware_bridge.__file__.startswith(sys.argv[1])
from firmware_bridge.screen import Screener
print(Screener.load().screen_file(sys.argv[2]).outcome)
ours = [m for m in sys.modules if m.split(".")[0] in ("fetal_hemo", "export")]
assert not ours, ours
"""
    done = run(device / "venv/bin/python", "-c", text, copy, recording, cwd=device)
    assert done.stdout.strip() in ("screened", "abstained"), done.stderr
