"""The commands as processes: output, exit status, and nothing else on standard output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "firmware_bridge", *map(str, arguments)]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, timeout=60, env=ENVIRONMENT
    )


@pytest.fixture
def model(signed: Any) -> list[str | Path]:
    return ["--bundle", signed.path, "--trust", signed.public_key]


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    path = tmp_path / "noise.flac"
    soundfile.write(path, np.random.default_rng(0).normal(size=40_000) * 0.1, 4_000)
    return path


def test_one_file_is_one_document(model: list[str | Path], noise: Path) -> None:
    done = run("screen", noise, *model, "--json")
    assert done.returncode in (0, 4)
    assert json.loads(done.stdout)["outcome"] in ("screened", "abstained")
    assert done.stderr == ""


def test_bad_file_among_others(model: list[str | Path], noise: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound")
    fhir = tmp_path / "out" / "fhir"
    done = run("screen", noise, bad, tmp_path / "none.wav", noise, *model, "--json", "--fhir", fhir)
    assert done.returncode == 7
    documents = [json.loads(line) for line in done.stdout.splitlines()]
    assert [d["index"] for d in documents] == [0, 1, 2, 3]
    assert [d["reasons"] for d in documents[1:3]] == [["E-NOT-AUDIO"], ["E-NOT-FOUND"]]
    assert documents[0]["recording"] == documents[3]["recording"]
    lines = done.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == ["E-NOT-AUDIO", "E-NOT-FOUND"]
    assert str(bad) in lines[0]
    (written,) = fhir.iterdir()  # the same recording twice is one transaction
    assert json.loads(written.read_text())["type"] == "transaction"


def test_text_for_people(model: list[str | Path], noise: Path) -> None:
    done = run("screen", noise, *model)
    assert str(noise) in done.stdout
    assert "simulated" in done.stdout


def test_all_refused(model: list[str | Path], tmp_path: Path) -> None:
    done = run("screen", tmp_path, *model, "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["outcome"] == "refused"


@pytest.mark.parametrize("arguments", [[], ["screen"], ["screen", "a.wav", "--jsno"], ["sing"]])
def test_usage_is_one_line(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("E-USAGE: ")
    assert len(done.stderr.splitlines()) == 1


def test_help_says_what_it_is_not() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "never diagnoses" in " ".join(done.stdout.split())


def test_untrusted_bundle(signed: Any, noise: Path) -> None:
    done = run("screen", noise, "--bundle", signed.path, "--json")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("E-BUNDLE-UNTRUSTED: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_is_called_one(tmp_path: Path) -> None:
    done = run("verify", tmp_path)
    assert (done.returncode, done.stdout) == (5, "")
    said = f"E-BUNDLE-NOT-FOUND: is a folder, not a bundle: {tmp_path}; name a .fhb file\n"
    assert done.stderr == said
    missing = run("verify", tmp_path / "none.fhb")
    assert missing.stderr.startswith("E-BUNDLE-NOT-FOUND: there is no such bundle: ")


def test_an_empty_name_is_not_the_bundle_that_ships(noise: Path) -> None:
    done = run("screen", noise, "--bundle", "")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("E-BUNDLE-NOT-FOUND: ")


def test_bad_trust_file(signed: Any, noise: Path) -> None:
    done = run("screen", noise, "--bundle", signed.path, "--trust", noise)
    assert done.returncode == 2
    assert done.stderr.startswith("E-KEY: ")


def test_verify(signed: Any) -> None:
    done = run("verify", signed.path, "--trust", signed.public_key, "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["name"]) == (0, True, "random-weights")
    assert found["self_test_max_abs"] <= found["self_test_tolerance"]
    assert found["members"] == signed.manifest["members"]
    assert "random-weights" in run("verify", signed.path, "--trust", signed.public_key).stdout


def test_verify_refuses(signed: Any) -> None:
    done = run("verify", signed.path, "--json")
    assert done.returncode == 5
    found = json.loads(done.stdout)
    assert (found["ok"], found["code"]) == (False, "E-BUNDLE-UNTRUSTED")


def test_full_disk(model: list[str | Path], noise: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command("screen", noise, *model, "--json"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
    assert done.returncode == 6
    assert done.stderr.startswith("E-STORAGE: ")
    assert len(done.stderr.splitlines()) == 1


def test_fhir_folder_that_cannot_be_made(model: list[str | Path], noise: Path) -> None:
    done = run("screen", noise, *model, "--json", "--fhir", noise / "x")
    assert done.returncode == 6
    assert done.stderr.startswith("E-STORAGE: ")


def test_reader_that_goes_away(model: list[str | Path], noise: Path) -> None:
    process = subprocess.Popen(
        command("screen", *[noise] * 50, *model, "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    json.loads(process.stdout.readline())
    process.stdout.close()
    errors = process.stderr.read()
    assert process.wait(30) == 6
    assert len(errors.splitlines()) == 1


def test_interrupt(model: list[str | Path], noise: Path) -> None:
    process = subprocess.Popen(
        command("screen", *[noise] * 2_000, *model, "--json"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.startswith("E-INTERRUPTED")
    for line in output.splitlines():
        json.loads(line)


def test_imports_no_training_library(model: list[str | Path], noise: Path) -> None:
    code = (
        "import sys; sys.argv[0] = 'x'; from firmware_bridge.cli import main; "
        "status = main(sys.argv[1:]); "
        "own = ('torch', 'scipy', 'sklearn', 'onnx', 'fetal_hemo', 'export', 'asyncio'); "
        "found = sorted(set(own) & set(sys.modules)); "
        "sys.exit(str(found) if found else 0)"
    )
    arguments = [sys.executable, "-c", code, "screen", noise, *model, "--json"]
    done = subprocess.run(map(str, arguments), capture_output=True, text=True, env=ENVIRONMENT)
    assert (done.returncode, done.stderr) == (0, "")


def test_native_output_stays_off_stdout() -> None:
    code = (
        "import os; from firmware_bridge.stdout_guard import keep_stdout_clean; "
        "keep_stdout_clean(); os.write(1, b'banner'); print('{}')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("{}\n", "banner")


def test_file_name_that_is_not_utf_8(model: list[str | Path], tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/\xff.wav"
    arguments = [os.fsencode(part) for part in command("screen", *model)]
    done = subprocess.run([*arguments, odd], capture_output=True, env=ENVIRONMENT)
    assert done.returncode == 3
    assert done.stderr.startswith(b"E-NOT-FOUND: ")
