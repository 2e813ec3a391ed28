"""Torch, ONNX float and ONNX int8 say the same, or there is no bundle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from export.gate import Graphs, measure_gate, require_gate, torch_logits
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.audio import load_samples, windows_of
from fetal_hemo.simulate.quality import quality_windows
from fetal_hemo.training.batches import Batch

CALIBRATION = {"slope": 1.0, "intercept": 0.0, "threshold": 0.5}


def batch(samples: np.ndarray) -> Batch:
    count = len(samples)
    starts = torch.arange(count)[None] * 3.75
    return Batch(torch.from_numpy(samples)[None], starts, torch.ones(1, count), torch.tensor([0]))


@pytest.fixture(scope="module")
def floats(exported) -> Graphs:
    return Graphs(exported.window, exported.recording)


@pytest.fixture(scope="module")
def ints(exported) -> Graphs:
    return Graphs(exported.int8, exported.recording)


def test_agreement_on_simulated_windows(exported, floats: Graphs, ints: Graphs) -> None:
    samples, _ = quality_windows(20, 13)  # silence among them
    measured = measure_gate(exported.model, floats, ints, batch(samples), CALIBRATION)
    assert measured["float_logit_max_abs"] <= 1e-4
    assert 0 < measured["int8_logit_max_abs"] <= 0.15
    require_gate(measured, load_recipe().export, "here")


@pytest.mark.parametrize(
    "name", ["luna_600s", "quality_good", "quality_poor", "quality_talking", "autofhr_1"]
)
def test_agreement_on_real_recordings(
    exported, floats: Graphs, ints: Graphs, data_dir: Path, name: str
) -> None:
    windows = windows_of(load_samples(data_dir / "doppler" / f"{name}.wav"))[:40].copy()
    measured = measure_gate(exported.model, floats, ints, batch(windows), CALIBRATION)
    assert measured["float_logit_max_abs"] <= 1e-4
    assert measured["int8_logit_max_abs"] <= 0.15


def test_digital_silence_is_finite_in_every_runtime(exported, floats: Graphs) -> None:
    """The exporter takes a summand of 1e-12 for 0 and drops it; a division must not rely on one."""
    silence = np.zeros((3, 15_000), np.float32)
    outputs = floats.windows(silence)
    assert all(np.isfinite(value).all() for value in outputs.values())
    starts, mask = np.zeros(3, np.float32), np.ones(3, np.float32)
    trained = torch_logits(exported.model, silence, starts, mask)
    np.testing.assert_allclose(floats.logits(silence, starts, mask), trained, atol=1e-4)


def test_a_broken_graph_does_not_pass(exported, floats: Graphs) -> None:
    """A model that is not the exported one stands for a graph that went wrong."""
    import copy

    other = copy.deepcopy(exported.model)
    with torch.no_grad():
        other.classifier.bias += 1.0
    samples, _ = quality_windows(10, 14)
    measured = measure_gate(other, floats, floats, batch(samples), CALIBRATION)
    with pytest.raises(FetalHemoError, match=r"E-EXPORT-GATE.*float_logit_max_abs"):
        require_gate(measured, load_recipe().export, "here")


@pytest.mark.parametrize("value", [float("nan"), None])
def test_a_missing_or_undefined_figure_fails(value: float | None) -> None:
    measured = {"float_logit_max_abs": 0.0, "int8_logit_max_abs": 0.0, "label_flip_share": 0.0}
    if value is None:
        del measured["int8_logit_max_abs"]
    else:
        measured["int8_logit_max_abs"] = value
    with pytest.raises(FetalHemoError, match="int8_logit_max_abs"):
        require_gate(measured, load_recipe().export, "here")
