"""One untrained model, its graphs and a run folder that holds it, each made once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from safetensors.torch import save_file

from export.candidate import float_graphs
from export.keys import write_private_key
from export.quantise import quantise_trunk
from fetal_hemo.encoders import ModelSize, ScreeningModel
from fetal_hemo.recipe import load_recipe, to_toml
from fetal_hemo.recordings.splits import Splits, write_splits
from fetal_hemo.simulate.quality import quality_windows
from fetal_hemo.training.model_file import save_model

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("export", "fetal_hemo", "firmware_bridge")
VISITS, WINDOWS = 16, 8
KEY = Ed25519PrivateKey.from_private_bytes(bytes([5]) * 32)
FACTS = {
    "stage": "finetune",
    "status": "finished",
    "simulated": True,
    "data_hash": "0" * 64,
    "learned_from": {"1" * 64: True},
    "finished": "2026-05-04T03:02:01+00:00",
}
CALIBRATION = {
    "slope": 1.5,
    "intercept": 0.2,
    "threshold": 0.9,
    "specificity_at_threshold": 0.9,
    "population": "16 simulated validation visits, 50 % positive",
}
FOLDS = {"A": "train", "B": "train", "C": "validation", "D": "test"}
# An untrained model ranks nobody: what int8 changes in its order is not held to a hundredth.
RECIPE = "[export]\ncalibration_windows = 24\nmax_auroc_loss = 0.2\nmax_label_flip_share = 0.2\n"


class Exported(NamedTuple):
    """A model, its float graphs, its int8 window graph, and the names of its trunk nodes."""

    model: ScreeningModel
    window: bytes
    recording: bytes
    int8: bytes
    trunk: list[str]


@pytest.fixture(scope="session")
def calibration() -> np.ndarray:
    """Simulated windows `(windows, 15000)` of every quality."""
    return quality_windows(60, 11)[0]


@pytest.fixture(scope="session")
def exported(calibration: np.ndarray, traced: Path) -> Exported:
    """An untrained model whose batch norms have seen data, exported once for its weights."""
    torch.manual_seed(0)
    model = ScreeningModel(ModelSize()).train()
    with torch.no_grad():
        for _ in range(5):
            model.encode_windows(torch.from_numpy(calibration))
    model.eval()
    weights = b"".join(tensor.numpy().tobytes() for tensor in model.state_dict().values())
    folder = traced / hashlib.sha256(weights).hexdigest()[:16]
    if not (folder / "trunk.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = float_graphs(model)
        (folder / "window.onnx").write_bytes(made[0])
        (folder / "recording.onnx").write_bytes(made[1])
        (folder / "trunk.json").write_text(json.dumps(made[2]))
    window, recording = ((folder / f"{n}.onnx").read_bytes() for n in ("window", "recording"))
    trunk = json.loads((folder / "trunk.json").read_text())
    return Exported(model, window, recording, quantise_trunk(window, trunk, calibration), trunk)


@pytest.fixture(scope="session")
def make_run(exported: Exported) -> Callable[..., Path]:
    """Writes a finished run folder that holds the model: `make_run(path, recipe, **tensors)`."""

    def made(path: Path, recipe: str = RECIPE, **tensors: torch.Tensor) -> Path:
        path.mkdir(parents=True)
        (path / "mine.toml").write_text(recipe, encoding="utf-8")
        settings = load_recipe(path / "mine.toml")
        (path / "recipe.resolved.toml").write_text(to_toml(settings), encoding="utf-8")
        for name, content in (
            ("run.json", FACTS),
            ("metrics.json", {"calibration": CALIBRATION}),
        ):
            (path / name).write_text(json.dumps(content), encoding="utf-8")
        write_splits(Splits(FOLDS, 0), path / "splits.json")
        save_model(exported.model, path / "model.safetensors")
        save_file({**export_set(), **tensors}, path / "export_set.safetensors")
        return path

    return made


def export_set() -> dict[str, torch.Tensor]:
    """Simulated windows of eight women with two visits each, the second one positive."""
    samples = torch.from_numpy(quality_windows(VISITS * WINDOWS + 24, 21)[0] * 32_767)
    stored = samples.round().to(torch.int16)
    return {
        "calibration": stored[:24],
        "gate.samples": stored[24:].reshape(VISITS, WINDOWS, -1).contiguous(),
        "gate.start_s": (torch.arange(WINDOWS) * 3.75).repeat(VISITS, 1),
        "gate.window_mask": torch.ones(VISITS, WINDOWS),
        "gate.labels": torch.arange(VISITS) % 2 * 2,
        "gate.women": torch.arange(VISITS) // 2,
    }


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A private key's file."""
    path = tmp_path_factory.mktemp("key") / "signer.key"
    write_private_key(KEY, path)
    return path


@pytest.fixture(scope="session")
def bundle_from_elsewhere(
    make_run: Callable[..., Path], signer: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A bundle exported by a process whose code and run folder lie in another folder.

    The run folder is `run` beside it.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    for package in PACKAGES:
        skipped = shutil.ignore_patterns("__pycache__", "*.fhb")
        shutil.copytree(PROJECT / package, folder / "code" / package, ignore=skipped)
    make_run(folder / "run")
    command = "from export.pipeline import export_run; export_run('run', 'model.fhb', KEY)"
    environment = {**os.environ, "PYTHONPATH": str(folder / "code"), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", command.replace("KEY", repr(str(signer)))],
        cwd=folder,
        env=environment,
        timeout=600,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "model.fhb"
