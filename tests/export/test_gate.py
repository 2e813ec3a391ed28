"""Torch, ONNX float and ONNX int8 say the same, or there is no bundle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from export.gate import curable, gate_limits, measure_gate, require_gate
from export.runners import Device, Graphs, torch_answer
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.audio import load_samples, windows_of
from fetal_hemo.simulate.quality import quality_windows
from fetal_hemo.training.batches import Batch

CALIBRATION = {"slope": 1.0, "intercept": 0.0, "threshold": 0.5}
MANIFEST = {"calibration": CALIBRATION, "positive_classes": ["hypertensive", "severe"]}
VISITS = 8


def batch(samples: np.ndarray) -> Batch:
    """The windows as eight visits of four women, every second one positive; few are repeated."""
    samples = np.concatenate([samples] * -(-VISITS // len(samples)))
    each = len(samples) // VISITS
    parts = torch.from_numpy(samples[: VISITS * each]).reshape(VISITS, each, -1)
    starts = (torch.arange(each) * 3.75).repeat(VISITS, 1)
    return Batch(parts, starts, torch.ones(VISITS, each), torch.arange(VISITS) % 2 * 3)


def measure(exported, trained, floats: Graphs, ints: Graphs, windows: bytes, visits: Batch):
    """The gate with a device that has the `windows` graph."""
    device = Device(windows, exported.recording, MANIFEST)
    women = np.arange(VISITS) // 2
    return measure_gate(trained, floats, ints, device, visits, women, CALIBRATION)


@pytest.fixture(scope="module")
def floats(exported) -> Graphs:
    return Graphs(exported.window, exported.recording)


@pytest.fixture(scope="module")
def ints(exported) -> Graphs:
    return Graphs(exported.int8, exported.recording)


def test_agreement_on_simulated_windows(exported, floats: Graphs, ints: Graphs) -> None:
    samples, _ = quality_windows(24, 13)  # silence among them
    measured = measure(exported, exported.model, floats, ints, exported.int8, batch(samples))
    assert measured["float_logit_max_abs"] <= 1e-4
    assert 0 < measured["int8_logit_max_abs"] <= 0.15
    assert measured["device_probability_max_abs"] <= 1e-6
    assert measured["quality_agreement"] == measured["heart_rate_agreement"] == 1.0
    assert measured["log_odds_slope"] == pytest.approx(1.0, abs=0.1)
    assert {name for name, _, _ in gate_limits(load_recipe().export)} <= measured.keys()


@pytest.mark.parametrize(
    "name", ["luna_600s", "quality_good", "quality_poor", "quality_talking", "autofhr_1"]
)
def test_agreement_on_real_recordings(
    exported, floats: Graphs, ints: Graphs, data_dir: Path, name: str
) -> None:
    windows = windows_of(load_samples(data_dir / "doppler" / f"{name}.wav"))[:40].copy()
    measured = measure(exported, exported.model, floats, ints, exported.int8, batch(windows))
    assert measured["float_logit_max_abs"] <= 1e-4
    assert measured["int8_logit_max_abs"] <= 0.15


def test_digital_silence_is_finite_in_every_runtime(exported, floats: Graphs) -> None:
    """The exporter takes a summand of 1e-12 for 0 and drops it; a division must not rely on one."""
    silence = np.zeros((3, 15_000), np.float32)
    outputs = floats.windows(silence)
    assert all(np.isfinite(value).all() for value in outputs.values())
    starts, mask = np.zeros(3, np.float32), np.ones(3, np.float32)
    trained, _ = torch_answer(exported.model, silence, starts, mask)
    np.testing.assert_allclose(floats.logits(silence, starts, mask), trained, atol=1e-4)


def test_a_broken_graph_does_not_pass(exported, floats: Graphs) -> None:
    """A model that is not the exported one stands for a graph that went wrong."""
    import copy

    other = copy.deepcopy(exported.model)
    with torch.no_grad():
        other.classifier.bias += 1.0
    samples, _ = quality_windows(16, 14)
    measured = measure(exported, other, floats, floats, exported.window, batch(samples))
    with pytest.raises(FetalHemoError, match=r"E-EXPORT-GATE.*float_logit_max_abs"):
        require_gate(measured, load_recipe().export, "here")


PASSING = {
    "women": 9,
    "float_logit_max_abs": 0.0,
    "int8_logit_max_abs": 0.1,
    "device_probability_max_abs": 0.0,
    "label_flip_share": 0.0,
    "delta_auroc_upper": 0.004,
    "log_odds_slope": 1.01,
    "quality_agreement": 1.0,
    "heart_rate_agreement": 1.0,
}


@pytest.mark.parametrize("name", [name for name in PASSING if name != "women"])
@pytest.mark.parametrize("value", [float("nan"), None])
def test_a_missing_or_undefined_figure_fails(name: str, value: float | None) -> None:
    require_gate(PASSING, load_recipe().export, "here")
    measured = {k: v for k, v in {**PASSING, name: value}.items() if v is not None}
    with pytest.raises(FetalHemoError, match=f"E-EXPORT-GATE: {name} cannot be measured on 9"):
        require_gate(measured, load_recipe().export, "here")


@pytest.mark.parametrize(
    ("change", "helps"),
    [
        ({}, False),  # nothing to cure
        ({"int8_logit_max_abs": 0.2}, True),
        ({"delta_auroc_upper": 0.02, "label_flip_share": 0.1}, True),
        ({"delta_auroc_upper": float("nan")}, False),
        ({"float_logit_max_abs": 0.2, "int8_logit_max_abs": 0.2}, False),
    ],
)
def test_distilling_may_help_only_against_8_bits(change: dict[str, float], helps: bool) -> None:
    assert curable({**PASSING, **change}, load_recipe().export) is helps


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("label_flip_share", 0.006),
        ("delta_auroc_upper", 0.0101),
        ("log_odds_slope", 0.89),
        ("log_odds_slope", 1.11),
        ("quality_agreement", 0.99),
        ("heart_rate_agreement", 0.99),
    ],
)
def test_a_figure_beyond_its_limit_fails(name: str, value: float) -> None:
    with pytest.raises(FetalHemoError, match=f"E-EXPORT-GATE: {name} is {value:g}"):
        require_gate({**PASSING, name: value}, load_recipe().export, "here")
