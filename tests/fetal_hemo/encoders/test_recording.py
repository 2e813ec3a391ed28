"""Recording encoder: masks, order, real times, and NumPy as oracle of its statistics."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.encoders.model import RecordingOutput
from fetal_hemo.encoders.recording import WindowAttention, time_encoding, weighted_spread

TOLERANCE = {"atol": 1e-5, "rtol": 0}
MASKED = [1, 4]
KEPT = [0, 2, 3, 5]


def assert_same(found: RecordingOutput, expected: RecordingOutput) -> None:
    """Equal logits and embedding."""
    torch.testing.assert_close(found.logits, expected.logits, **TOLERANCE)
    torch.testing.assert_close(found.embedding, expected.embedding, **TOLERANCE)


@pytest.fixture
def window_mask() -> Tensor:
    """Windows 1 and 4 of six are missing."""
    mask = torch.ones(2, 6)
    mask[:, MASKED] = 0.0
    return mask


def test_masked_windows_change_nothing(
    model: ScreeningModel, recordings, window_mask: Tensor
) -> None:
    garbage = recordings.view_embeddings.clone()
    garbage[:, MASKED] = 1e3
    late = recordings.start_s.clone()
    late[:, MASKED] = 555.0
    expected = model.encode_recording(*recordings[:3], window_mask)
    found = model.encode_recording(garbage, late, recordings.view_mask, window_mask)
    assert_same(found, expected)
    assert (found.window_attention[:, MASKED] == 0).all()
    torch.testing.assert_close(found.window_attention.sum(dim=1), torch.ones(2))


def test_masked_is_the_same_as_absent(
    model: ScreeningModel, recordings, window_mask: Tensor
) -> None:
    masked = model.encode_recording(*recordings[:3], window_mask)
    absent = model.encode_recording(*(field[:, KEPT] for field in recordings))
    assert_same(masked, absent)
    torch.testing.assert_close(
        masked.window_attention[:, KEPT], absent.window_attention, **TOLERANCE
    )


def test_masks_of_one_recording_do_not_touch_its_neighbour(
    model: ScreeningModel, recordings
) -> None:
    mask = torch.ones(2, 6)
    mask[1, 2:] = 0.0
    plain = model.encode_recording(*recordings)
    found = model.encode_recording(*recordings[:3], mask)
    torch.testing.assert_close(found.logits[0], plain.logits[0], **TOLERANCE)
    assert (found.logits[1] - plain.logits[1]).abs().max() > 1e-3


@pytest.mark.parametrize("masked", ["windows", "views", "both"])
def test_everything_masked_is_finite_with_finite_gradients(
    model: ScreeningModel, recordings, masked: str
) -> None:
    fields = recordings._asdict()
    fields["view_embeddings"].requires_grad_()
    if masked != "views":
        fields["window_mask"] = torch.zeros(2, 6)
    if masked != "windows":
        fields["view_mask"] = torch.zeros(2, 6, 3)
    out = model.encode_recording(**fields)
    assert all(torch.isfinite(field).all() for field in out)
    (out.logits.sum() + out.embedding.square().sum()).backward()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)
    assert torch.isfinite(fields["view_embeddings"].grad).all()


def test_order_of_windows_does_not_matter_when_times_move_along(
    model: ScreeningModel, recordings
) -> None:
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    plain = model.encode_recording(*recordings)
    moved = model.encode_recording(*(field[:, order] for field in recordings))
    assert_same(moved, plain)
    torch.testing.assert_close(
        moved.window_attention, plain.window_attention[:, order], **TOLERANCE
    )


def test_times_do_matter(model: ScreeningModel, recordings) -> None:
    plain = model.encode_recording(*recordings)
    swapped = recordings._replace(start_s=recordings.start_s.flip(1))
    assert (model.encode_recording(*swapped).logits - plain.logits).abs().max() > 1e-4


def test_one_window_is_enough(model: ScreeningModel, recordings) -> None:
    out = model.encode_recording(*(field[:, :1] for field in recordings))
    assert torch.isfinite(out.logits).all()
    torch.testing.assert_close(out.window_attention, torch.ones(2, 1))


def test_time_encoding_is_sine_and_cosine_of_known_periods() -> None:
    found = time_encoding(torch.tensor([[0.0, 3.75, 15.0]]))
    assert found.shape == (1, 3, 12)
    expected = torch.tensor([0.0] * 6 + [1.0] * 6)
    torch.testing.assert_close(found[0, 0], expected)
    torch.testing.assert_close(found[0, 1, [0, 6]], torch.tensor([0.0, -1.0]), **TOLERANCE)
    torch.testing.assert_close(found[0, 2, [1, 7]], torch.tensor([0.0, 1.0]), **TOLERANCE)


def test_spread_agrees_with_numpy() -> None:
    rng = np.random.default_rng(5)
    windows, weights = rng.normal(size=(2, 9, 4)), rng.dirichlet(np.ones(9), size=2)
    found = weighted_spread(torch.from_numpy(windows), torch.from_numpy(weights)).numpy()
    for row in range(2):
        covariance = np.cov(windows[row].T, aweights=weights[row], ddof=0)
        np.testing.assert_allclose(found[row], np.sqrt(np.diag(covariance) + 1e-6), rtol=1e-6)


def test_self_attention_agrees_with_torch() -> None:
    """Against `torch.nn.MultiheadAttention` with the same weights and mask."""
    block = WindowAttention(features=8, heads=2)
    oracle = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    oracle.in_proj_weight.data = block.query_key_value.weight.data
    oracle.in_proj_bias.data = block.query_key_value.bias.data
    oracle.out_proj.load_state_dict(block.output.state_dict())
    windows = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(6))
    mask = torch.tensor([[1.0, 1, 1, 1, 1], [1, 0, 1, 1, 0]])
    normed = block.norm(windows)
    attended, _ = oracle(normed, normed, normed, key_padding_mask=mask == 0)
    expected = windows + attended
    expected = expected + block.feed_forward(block.norm_after(expected))
    torch.testing.assert_close(block(windows, mask), expected, **TOLERANCE)
