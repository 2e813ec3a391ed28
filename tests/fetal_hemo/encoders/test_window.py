"""The window encoder: shapes, attention over beats, where it looks."""

from __future__ import annotations

import pytest
import torch

from fetal_hemo.encoders.window import WindowEncoder


@pytest.fixture
def encoder() -> WindowEncoder:
    """Five channels in, sixteen features out."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return WindowEncoder(channels=5, width=12, embedding=16, heads=3).eval()


def view(seed: int = 1) -> torch.Tensor:
    """`(4, 5, 750)`."""
    return torch.randn(4, 5, 750, generator=torch.Generator().manual_seed(seed))


def test_one_step_each_thirty_milliseconds(encoder: WindowEncoder) -> None:
    embedding, attention, steps = encoder(view())
    assert embedding.shape == (4, 16)
    assert steps.shape == (4, 12, 125)
    assert attention.shape == (4, 125)
    torch.testing.assert_close(attention.sum(dim=1), torch.ones(4))
    assert (attention > 0).all()


def test_embedding_is_layer_normalised(encoder: WindowEncoder) -> None:
    embedding = encoder(view()).embedding
    torch.testing.assert_close(embedding.mean(dim=1), torch.zeros(4), atol=1e-5, rtol=0)
    spread = embedding.std(dim=1, correction=0)
    torch.testing.assert_close(spread, torch.ones(4), atol=1e-2, rtol=0)  # eps takes a little


def test_a_step_sees_only_its_surroundings(encoder: WindowEncoder) -> None:
    """The trunk reaches 0.12 s to each side: attention, not the trunk, joins beats."""
    plain, changed = view(), view()
    changed[:, :, 360:366] += 3.0
    difference = (encoder.trunk(plain) - encoder.trunk(changed)).abs().amax(dim=(0, 1))
    touched = torch.nonzero(difference > 1e-6).flatten()
    assert 56 <= touched.min() <= 60 <= touched.max() <= 64


def test_windows_do_not_mix_when_evaluating(encoder: WindowEncoder) -> None:
    together = encoder(view()).embedding
    alone = encoder(view()[1:2]).embedding
    torch.testing.assert_close(alone, together[1:2], atol=1e-5, rtol=0)
