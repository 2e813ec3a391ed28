"""The command line as its users meet it: help, wrong usage, a missing extra, clean output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fetal_hemo.cli import main
from firmware_bridge import __version__

PURPOSE = {
    "doctor": "what this installation can do",
    "simulate": "simulated women with known truth",
    "public": "cohort of a public data set",
    "ingest": "make a cohort of recordings in any format",
    "check": "judge a cohort",
    "deid": "without names, tags and speech",
    "pretrain": "train encoders by contrast",
    "finetune": "train the classifier",
    "evaluate": "score the women a run never saw",
    "report": "write the report",
    "export": "signed int8 bundle",
    "verify": "signature, hashes and self-test",
    "bench": "speed and memory",
    "screen": "heart rate, quality and a probability",
    "listen": "while the probe is held",
    "view": "a screened recording on one page",
    "queue": "results that wait for a receiver",
    "update": "put a new model into use",
}
HEAVY = ("torch", "scipy", "sklearn", "matplotlib", "onnx", "onnxscript", "jinja2")

WITHOUT_TORCH = """
import sys

class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")

sys.meta_path.insert(0, NoTorch())
from fetal_hemo.cli import main
sys.exit(main(sys.argv[1:]))
"""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A finished Python process."""
    command = [sys.executable, *arguments]
    environment = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)


@pytest.mark.parametrize("verb", PURPOSE)
def test_help_of_each_verb_says_what_it_is_for(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as stop:
        main([verb, "--help"])
    out, err = capsys.readouterr()
    assert stop.value.code == 0
    assert PURPOSE[verb] in out.lower()
    assert f"usage: fetal-hemo {verb}" in out
    assert err == ""


def test_help_lists_every_verb_and_never_promises_a_diagnosis() -> None:
    done = python("-m", "fetal_hemo.cli", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("    ")}
    assert listed == set(PURPOSE)
    assert "never diagnoses" in done.stdout


def test_version() -> None:
    done = python("-m", "fetal_hemo.cli", "--version")
    assert (done.returncode, done.stdout) == (0, f"fetal-hemo {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), "VERB"),
        (("scren", "a.wav"), "scren"),
        (("doctor", "--jsn"), "--jsn"),
        (("simulate", "--women", "many", "--out", "x"), "many"),
        (("simulate",), "--out"),
        (("screen",), "FILE"),
        (("finetune", "cohort", "--out", "x"), "--from"),
        (("pretrain", "cohort", "second", "--out", "x"), "second"),
        (("screen", "--bundle"), "--bundle"),
    ],
)
def test_wrong_usage_is_one_line_and_status_two(
    arguments: tuple[str, ...], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    out, err = capsys.readouterr()
    assert (stop.value.code, out) == (2, "")
    assert err.startswith("E-USAGE: ")
    assert err.count("\n") == 1
    assert named in err
    assert "--help" in err


def test_wrong_usage_of_a_real_process() -> None:
    done = python("-m", "fetal_hemo.cli", "sing")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("E-USAGE: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("pretrain", "cohort", "--out", "run"),
        ("finetune", "cohort", "--from", "run", "--out", "next"),
        ("evaluate", "run", "cohort", "--out", "study"),
        ("export", "run", "--out", "model.fhb"),
    ],
)
def test_training_verbs_without_torch_name_the_extra(arguments: tuple[str, ...]) -> None:
    done = python("-c", WITHOUT_TORCH, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"E-NEEDS-EXTRA: `{arguments[0]}` needs torch")
    assert done.stderr.endswith("; pip install 'fetal-hemo[train]'\n")
    assert done.stderr.count("\n") == 1


def test_doctor_works_without_torch() -> None:
    done = python("-c", WITHOUT_TORCH, "doctor", "--json")
    assert json.loads(done.stdout)["device"]["complete"]
    assert done.stderr == ""


def test_a_missing_package_that_no_extra_holds_is_not_blamed_on_the_extra() -> None:
    done = python("-c", WITHOUT_TORCH.replace('"torch"', '"numpy"'), "doctor")
    assert done.returncode != 0
    assert "E-NEEDS-EXTRA" not in done.stderr


def test_a_missing_run_is_one_line_with_its_code(tmp_path: Path) -> None:
    done = python("-m", "fetal_hemo.cli", "report", str(tmp_path / "nothing"))
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("E-")
    assert done.stderr.count("\n") == 1
    assert "nothing" in done.stderr


def test_check_of_what_is_no_cohort_is_one_line(tmp_path: Path) -> None:
    for name in ("nothing", "."):
        done = python("-m", "fetal_hemo.cli", "check", str(tmp_path / name))
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr.startswith("E-NOT-FOUND: there is no ")
        assert done.stderr.count("\n") == 1
        assert str(tmp_path / name) in done.stderr


def test_the_command_line_imports_nothing_heavy() -> None:
    code = f"import sys, fetal_hemo.cli; print([m for m in {HEAVY} if m in sys.modules])"
    assert python("-c", code).stdout == "[]\n"
