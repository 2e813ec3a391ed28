"""The front end as a whole: a window's result depends on that window alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from benchmarks.frontend import Scalogram, onnx_graph
from fetal_hemo.constants import BANDS, FRAMES, WINDOW_SAMPLES
from fetal_hemo.signals import FrontEnd, Signals
from fetal_hemo.signals.envelope import GROUPS_HZ
from fetal_hemo.signals.front_end import LOG_FLOOR, log_scalogram
from fetal_hemo.signals.silence import normalise
from firmware_bridge.rhythm.lags import LAGS_S
from firmware_bridge.runtime import session


@pytest.fixture
def windows(beat_train: Callable[..., Tensor]) -> Tensor:
    """Four windows that differ in level by 100 dB, one of them silent."""
    loud, quiet, other = (beat_train(bpm, seed) for seed, bpm in enumerate((120.0, 150.0, 180.0)))
    return torch.cat([loud * 30, torch.zeros(1, WINDOW_SAMPLES), quiet * 3e-4, other])


@pytest.fixture(scope="module")
def exported() -> bytes:
    """The float graph from samples to the log scalogram."""
    return onnx_graph(Scalogram(), torch.randn(3, WINDOW_SAMPLES))


def assert_same(found: Signals, expected: Signals) -> None:
    """Equal to 1e-5, the rate to 1e-3 bpm."""
    for name in Signals._fields:
        tolerance = 1e-3 if name == "heart_rate_bpm" else 1e-5
        pair = getattr(found, name), getattr(expected, name)
        torch.testing.assert_close(*pair, atol=tolerance, rtol=0, msg=name)


def test_shapes_and_no_nan(front_end: FrontEnd, windows: Tensor) -> None:
    out = front_end(windows)
    assert out.scalogram.shape == (4, BANDS, FRAMES)
    assert out.envelope.shape == (4, len(GROUPS_HZ), FRAMES)
    assert out.autocorrelation.shape == (4, len(LAGS_S))
    assert out.heart_rate_bpm.shape == out.confidence.shape == out.dead_share.shape == (4,)
    assert all(torch.isfinite(field).all() for field in out)


def test_neighbours_do_not_matter(front_end: FrontEnd, windows: Tensor) -> None:
    together = front_end(windows)
    for index in range(len(windows)):
        alone = front_end(windows[index : index + 1])
        assert_same(alone, Signals(*(field[index : index + 1] for field in together)))


def test_order_does_not_matter(front_end: FrontEnd, windows: Tensor) -> None:
    order = torch.tensor([2, 0, 3, 1])
    assert_same(front_end(windows[order]), Signals(*(field[order] for field in front_end(windows))))


def test_same_input_gives_the_same_bits(windows: Tensor) -> None:
    for first, second in zip(FrontEnd()(windows), FrontEnd()(windows), strict=True):
        assert torch.equal(first, second)


def test_offset_and_sign_of_the_cable_do_not_matter(
    front_end: FrontEnd, beat_train: Callable[..., Tensor]
) -> None:
    samples = beat_train(140.0, seed=2)
    plain, other = front_end(samples), front_end(0.25 - samples)
    torch.testing.assert_close(other.scalogram, plain.scalogram, atol=1e-2, rtol=0)
    torch.testing.assert_close(other.heart_rate_bpm, plain.heart_rate_bpm, atol=0.1, rtol=0)


@pytest.mark.parametrize("gain", [1e-3, 40.0])
def test_gain_does_not_matter(
    gain: float, front_end: FrontEnd, beat_train: Callable[..., Tensor]
) -> None:
    samples = beat_train(140.0, seed=3)
    plain, other = front_end(samples), front_end(gain * samples)
    torch.testing.assert_close(other.scalogram, plain.scalogram, atol=1e-4, rtol=0)
    torch.testing.assert_close(other.envelope, plain.envelope, atol=1e-4, rtol=0)


def test_log_scalogram_by_hand() -> None:
    magnitudes = torch.tensor([[[1.0, 3.0], [0.0, 4.0]]])  # their mean is 2
    expected = torch.log(torch.tensor([[[0.5, 1.5], [0.0, 2.0]]]) + LOG_FLOOR)
    torch.testing.assert_close(log_scalogram(magnitudes), expected)


@pytest.mark.parametrize("count", [1, 8])
def test_exported_scalogram_equals_torch(
    count: int, exported: bytes, windows: Tensor, clip: Callable[[str], Tensor]
) -> None:
    """Magnitudes to 1e-5 at unit level; the logarithm to 1e-5 of its value and 1e-5."""
    real = torch.cat([clip(f"quality_{kind}") for kind in ("good", "talking", "silent")])
    block = torch.cat([real[:1], windows, real[1:], windows[:1]])[:count]
    runner = session(exported, "the graph", "this test")
    (found,) = runner.run(None, {runner.get_inputs()[0].name: block.numpy()})
    assert found.shape == (count, BANDS, FRAMES)
    expected = Scalogram()(block)
    torch.testing.assert_close(torch.from_numpy(found), expected, atol=1e-5, rtol=1e-5)
    level = FrontEnd().filterbank(normalise(block)).mean(dim=(1, 2), keepdim=True)
    error = (torch.from_numpy(found).exp() - expected.exp()) * level
    assert error.abs().max() < 1e-5


def test_nothing_in_it_is_learned(front_end: FrontEnd) -> None:
    assert not list(front_end.parameters())
    assert not front_end.state_dict()  # constants are made anew, not stored with the weights


def test_gradient_reaches_the_samples(front_end: FrontEnd, windows: Tensor) -> None:
    samples = windows[[0, 1, 3]].requires_grad_()
    out = front_end(samples)
    (out.scalogram.sum() + out.envelope.sum() + out.autocorrelation.sum()).backward()
    assert samples.grad is not None
    assert torch.isfinite(samples.grad[[0, 2]]).all()
    assert (samples.grad[[0, 2]].abs().sum(dim=1) > 0).all()
