"""The bundle that ships gives on an ARM board what it gives here: int8 bits, decision, C library.

Needs qemu-user and the folder that `fetch_aarch64.sh` makes. Emulation says nothing about speed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import soundfile

import firmware_bridge
from firmware_bridge.bundle import open_bundle
from firmware_bridge.runtime import session
from firmware_bridge.screen import DEFAULT_BUNDLE, Screener
from firmware_bridge.trust import MODELS, trusted_keys

from .trunk import Trunk, cut_trunk, with_outputs

pytestmark = pytest.mark.slow

PROJECT = Path(firmware_bridge.__file__).parents[1]
CORES = ("cortex-a53", "cortex-a72")  # without and with the crypto extension; neither has int8 dots
WINDOWS = 12


@pytest.fixture(scope="module")
def arm() -> Path:
    """Folder with an aarch64 Python and the device's packages."""
    if shutil.which("qemu-aarch64") is None:
        pytest.skip("qemu-aarch64 is not installed (Debian: qemu-user)")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(os.environ.get("FETAL_HEMO_AARCH64") or cache / "fetal-hemo" / "aarch64")
    if not (folder / "complete").exists():
        pytest.skip(f"no aarch64 Python in {folder}: run tests/emulated/fetch_aarch64.sh")
    return folder


@pytest.fixture(scope="module")
def samples() -> np.ndarray:
    """int16 samples of a *simulated* recording."""
    from fetal_hemo.simulate.recording import simulate_recording

    found = simulate_recording(11, 0, 0, 1.0).samples[: WINDOWS * 15_000]
    return np.round(found * 32_767).astype(np.int16)


@pytest.fixture(scope="module")
def recording(samples: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("arm") / "a.wav"
    soundfile.write(path, samples, 4_000, subtype="PCM_16")
    return path


def emulate(arm: Path, core: str, *command: object) -> subprocess.CompletedProcess[str]:
    """A finished aarch64 process; everything it loads comes from the folder."""
    environment = {
        **{"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        **{"PYTHONPATH": f"{arm / 'site'}:{PROJECT}", "PYTHONNOUSERSITE": "1"},
        **{"PYTHONDONTWRITEBYTECODE": "1", "XDG_CONFIG_HOME": str(arm / "config")},
    }
    return subprocess.run(
        ["qemu-aarch64", "-L", str(arm / "root"), "-cpu", core, *(str(part) for part in command)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
    )


def assert_same_decision(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """All that is decided is equal; floats, which no two processors share, to 1e-4."""
    for key in ("outcome", "reasons", "band", "threshold", "recording", "model", "sentence"):
        assert found[key] == expected[key]
    assert found["probability"] == pytest.approx(expected["probability"], abs=1e-4)
    assert len(found["windows"]) == len(expected["windows"])
    for one, other in zip(found["windows"], expected["windows"], strict=True):
        assert (one["quality"], one["usable"]) == (other["quality"], other["usable"])
        assert one["clipped_share"] == other["clipped_share"]
        assert one["heart_rate_bpm"] == pytest.approx(other["heart_rate_bpm"], abs=0.11)
        assert one["confidence"] == pytest.approx(other["confidence"], abs=2e-4)
    assert found["beats_s"] == pytest.approx(expected["beats_s"], abs=2e-3)


def trunk_here(samples: np.ndarray) -> tuple[Trunk, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """The int8 trunk with its inputs and outputs in the whole graph on this machine."""
    members = open_bundle(DEFAULT_BUNDLE, trusted_keys()).members
    trunk = cut_trunk(members["window.onnx"])
    names = [*trunk.inputs, *trunk.outputs]
    graph = session(with_outputs(members["window.onnx"], names), "window.onnx", "here")
    windows = (samples.reshape(WINDOWS, -1) / 32_768).astype(np.float32)
    found = dict(zip(names, graph.run(names, {"samples": windows}), strict=True))
    return trunk, {n: found[n] for n in trunk.inputs}, {n: found[n] for n in trunk.outputs}


@pytest.mark.parametrize("core", CORES)
def test_wrapper_and_bundle(
    arm: Path, samples: np.ndarray, recording: Path, tmp_path: Path, core: str
) -> None:
    trunk, inputs, outputs = trunk_here(samples)
    assert len(trunk.inputs) == len(trunk.outputs) == 3  # views
    graph, given, taken, told = (
        tmp_path / name for name in ("trunk.onnx", "in.npz", "out.npz", "result.json")
    )
    graph.write_bytes(trunk.graph)
    np.savez(given, **inputs)
    script = PROJECT / "tests/emulated/on_aarch64.py"
    python = arm / "root/usr/bin/python3.11"
    done = emulate(arm, core, python, script, graph, given, taken, recording, told)
    assert done.returncode == 0, done.stderr
    with np.load(taken) as found:
        for name, expected in outputs.items():
            assert np.array_equal(found[name], expected), name
            assert len(np.unique(expected)) > 20  # int8 levels that are really in use
    expected = json.loads(json.dumps(Screener.load().screen_file(recording).to_json()))
    assert expected["outcome"] == "screened"
    assert_same_decision(json.loads(told.read_text()), expected)


def test_c_library(arm: Path, recording: Path, tmp_path: Path) -> None:
    compiler = "aarch64-linux-gnu-gcc"
    if shutil.which(compiler) is None or shutil.which("make") is None:
        pytest.skip(f"{compiler} is not installed: the C library cannot be compiled for ARM")
    sources = PROJECT / "firmware_bridge" / "c"
    command = ["make", "-s", "-C", str(sources), f"BUILD={tmp_path}", f"CC={compiler}"]
    subprocess.run(command, check=True)
    (library,) = (arm / "site/onnxruntime/capi").glob("libonnxruntime.so.*")
    arguments = (library, DEFAULT_BUNDLE, MODELS / "default.pub", recording)
    done = emulate(arm, "cortex-a72", tmp_path / "screen_wav", *arguments)
    assert done.returncode == 0, done.stderr
    expected = json.loads(json.dumps(Screener.load().screen_file(recording).to_json()))
    assert_same_decision(json.loads(done.stdout), expected)


def test_the_same_release_runs_on_both(arm: Path) -> None:
    """Else equal bits would be luck."""
    assert (arm / f"site/onnxruntime-{onnxruntime.__version__}.dist-info").is_dir()
    assert (arm / f"site/numpy-{np.__version__}.dist-info").is_dir()
