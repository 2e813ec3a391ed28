"""Ranges of 8 bits, and the traps of the calibrators that are not used here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from onnxruntime.quantization import CalibrationMethod
from onnxruntime.quantization.calibrate import create_calibrator

from export.quantise import quantise, trunk_ranges
from export.ranges import METHODS, Range, entropy, extremes, percentile, tensor_values
from export.sensitivity import embeddings, layers, relative_error


@pytest.fixture(scope="module")
def tailed() -> np.ndarray:
    """What a ReLU leaves: half zeros, a bulk, and a few values far out."""
    rng = np.random.default_rng(2)
    values = np.maximum(rng.normal(size=200_000), 0).astype(np.float32)
    values[:3] = (20.0, 25.0, 30.0)
    return values


def test_extremes(tailed: np.ndarray) -> None:
    assert extremes(tailed) == (0.0, 30.0)


def test_percentile_gives_up_the_outermost(tailed: np.ndarray) -> None:
    low, high = percentile(tailed)
    assert low == 0.0
    assert 4.0 < high < 30.0


def test_entropy_clips_and_keeps_the_bulk(tailed: np.ndarray) -> None:
    """Least divergence: the far values go, the bulk (up to about 4) does not."""
    low, high = entropy(tailed)
    assert low == 0.0
    assert 3.0 < high < 20.0


def test_entropy_keeps_all_of_an_even_spread() -> None:
    values = np.linspace(-2.0, 6.0, 100_001, dtype=np.float32)
    low, high = entropy(values)
    assert low == pytest.approx(-2.0, abs=0.15)
    assert high == pytest.approx(6.0, abs=0.3)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [0.0, 1.5])
def test_a_tensor_without_spread(method: str, value: float) -> None:
    low, high = METHODS[method](np.full(50, value, np.float32))
    assert low == high == value


def test_onnxruntimes_entropy_is_its_minmax(exported, calibration, tmp_path: Path) -> None:
    """The trap that is the reason for an own rule: 128 bins for 128 levels clip nothing."""
    path = tmp_path / "window.onnx"
    path.write_bytes(exported.window)
    tensor = next(iter(trunk_ranges(exported.window, exported.trunk, calibration[:8])["extremes"]))
    found = {}
    for method in (CalibrationMethod.MinMax, CalibrationMethod.Entropy):
        made = create_calibrator(
            str(path), ["Conv"], str(tmp_path / "augmented.onnx"), calibrate_method=method
        )
        made.collect_data(Once(calibration))
        found[method] = made.compute_data()
    names = [n for n in found[CalibrationMethod.Entropy] if "getitem" in n or n == tensor]
    assert names
    for name in names:
        plain, other = (np.ravel(found[m][name].range_value) for m in found)
        np.testing.assert_allclose(plain, other, rtol=0.02)


class Once:
    """A calibration reader of eight windows."""

    def __init__(self, windows: np.ndarray) -> None:
        self.blocks = iter([{"samples": windows[:8]}])

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self.blocks, None)


@pytest.mark.parametrize("method", METHODS)
def test_no_relu_is_lost(exported, calibration: np.ndarray, method: str) -> None:
    """The quantiser drops each ReLU and trusts the zero point: it must be the lowest byte."""
    ranges = trunk_ranges(exported.window, exported.trunk, calibration[:16])[method]
    model = onnx.load_from_string(quantise(exported.window, exported.trunk, ranges))
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    makers = {out: node for node in model.graph.node for out in node.output}
    zeros = [
        int(constants[node.input[2]])
        for node in model.graph.node
        if node.op_type == "QuantizeLinear" and makers[node.input[0]].op_type == "Conv"
    ]
    assert zeros == [0] * 12


def error(exported, nodes: list[str], ranges: dict[str, Range], windows: np.ndarray) -> float:
    """Relative error of the embeddings with some nodes in int8."""
    wanted = embeddings(exported.window, windows)
    return relative_error(embeddings(quantise(exported.window, nodes, ranges), windows), wanted)


def test_a_range_about_zero_would_lose_them(exported, calibration: np.ndarray) -> None:
    """So the test above can fail: this is what a symmetric calibration does, without a word."""
    ranges = trunk_ranges(exported.window, exported.trunk, calibration[:16])["extremes"]
    about = {name: (-max(map(abs, ends)), max(map(abs, ends))) for name, ends in ranges.items()}
    errors = [error(exported, exported.trunk, r, calibration[:16]) for r in (ranges, about)]
    assert errors[0] < 0.03
    assert errors[1] > 10 * errors[0]


def test_without_its_relu_a_convolution_hands_on_signed_numbers(exported, calibration) -> None:
    """The trap of quantising Conv without Relu: not fused, half of the range for nothing."""
    ranges = trunk_ranges(exported.window, exported.trunk, calibration[:16])["extremes"]
    alone = [nodes[0] for nodes in layers(exported.window, exported.trunk).values()]
    left = {}
    for name, nodes in (("fused", exported.trunk), ("alone", alone)):
        graph = onnx.load_from_string(quantise(exported.window, nodes, ranges)).graph
        left[name] = sum(node.op_type == "Relu" for node in graph.node)
    assert left["alone"] == left["fused"] + 12


def test_values_are_those_of_the_graph(exported, calibration: np.ndarray) -> None:
    values = tensor_values(exported.window, ["view_embeddings"], calibration[:20])
    wanted = embeddings(exported.window, calibration[:20])
    np.testing.assert_allclose(values["view_embeddings"], wanted.ravel(), atol=1e-5)
