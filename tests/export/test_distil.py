"""A trunk taught for 8 bits is nearer to its float self than one that was merely rounded."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from export.distil import distil, fold, in_8_bits, trunk_inputs


@pytest.fixture(scope="module")
def windows(calibration: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(calibration[:24])


def test_folding_changes_nothing(exported, windows: torch.Tensor) -> None:
    given = trunk_inputs(exported.model, windows)["envelope"]
    trunk = exported.model.views["envelope"].trunk
    folded = copy.deepcopy(trunk)
    with torch.no_grad():
        for unit in folded:
            fold(unit)
        torch.testing.assert_close(folded(given), trunk(given), rtol=1e-4, atol=1e-5)


def test_fake_quantisation_is_onnxruntimes(exported, windows: torch.Tensor) -> None:
    """The torch imitation of the int8 trunk against the int8 graph itself."""
    import onnx

    from export.quantise import quantise, trunk_ranges
    from export.ranges import tensor_values

    ranges = trunk_ranges(exported.window, exported.trunk, windows.numpy())["extremes"]
    graph = quantise(exported.window, exported.trunk, ranges)
    last = "relu_8"  # of the envelope's trunk
    assert last in ranges
    node = next(
        n
        for n in onnx.load_from_string(graph).graph.node
        if last in n.output[0] and n.op_type == "DequantizeLinear"
    )
    wanted = tensor_values(graph, [node.output[0]], windows.numpy())[node.output[0]]
    given = trunk_inputs(exported.model, windows)["envelope"]
    trunk = copy.deepcopy(exported.model.views["envelope"].trunk)
    with torch.no_grad():
        for unit in trunk:
            fold(unit)
        signal, ends = given, [(float(given.min()), float(given.max()))]
        for unit in trunk:
            signal = unit(signal)
            ends.append((0.0, float(signal.max())))
        found = in_8_bits(trunk, given, ends).numpy().ravel()
    step = ends[-1][1] / 255
    assert (np.abs(found - wanted) > 0.5 * step).mean() < 0.05
    assert np.abs(found - wanted).max() < 3 * step


def test_taught_is_nearer_than_rounded(
    exported, windows: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("export.distil.STEPS", 40)  # a quarter, for a test
    view = "rhythm"
    given = trunk_inputs(exported.model, windows)[view]
    taught = distil(exported.model, windows, seed=1)
    with torch.no_grad():
        wanted = exported.model.views[view].trunk(given)
        errors = []
        for model in (copy.deepcopy(exported.model), taught):
            trunk = model.views[view].trunk
            if model is not taught:
                for unit in trunk:
                    fold(unit)
            signal, ends = given, [(min(0.0, float(given.min())), float(given.max()))]
            for unit in trunk:
                signal = unit(signal)
                ends.append((0.0, float(signal.max())))
            errors.append(float((in_8_bits(trunk, given, ends) - wanted).square().mean()))
    assert errors[1] < 0.95 * errors[0]


def test_the_trained_model_is_left_alone(exported, windows: torch.Tensor) -> None:
    before = {name: value.clone() for name, value in exported.model.state_dict().items()}
    trunk_inputs(exported.model, windows)
    for name, value in exported.model.state_dict().items():
        assert torch.equal(value, before[name])
    assert not any(m._forward_pre_hooks for m in exported.model.modules())
