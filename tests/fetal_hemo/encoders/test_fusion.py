"""View fusion: any subset of views, and what a mask hides stays hidden."""

from __future__ import annotations

import itertools

import pytest
import torch

from fetal_hemo.encoders.fusion import ViewFusion

SUBSETS = [s for s in itertools.product((0.0, 1.0), repeat=3) if any(s)]


@pytest.fixture
def fusion() -> ViewFusion:
    """Three views of eight features."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return ViewFusion(views=3, features=8)


@pytest.fixture
def embeddings() -> torch.Tensor:
    """`(2, 4, 3, 8)`."""
    return torch.randn(2, 4, 3, 8, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("subset", SUBSETS)
def test_masked_views_do_not_change_the_result(
    subset: tuple[float, ...], fusion: ViewFusion, embeddings: torch.Tensor
) -> None:
    mask = torch.tensor(subset).expand(2, 4, 3)
    garbage = torch.where(mask[..., None] > 0, embeddings, torch.full_like(embeddings, 1e3))
    found, weights = fusion(embeddings, mask)
    assert found.shape == (2, 4, 8)
    torch.testing.assert_close(weights.sum(dim=-1), torch.ones(2, 4))
    assert (weights[mask == 0] == 0).all()
    assert torch.isfinite(found).all()
    torch.testing.assert_close(fusion(garbage, mask)[0], found, atol=1e-6, rtol=0)


@pytest.mark.parametrize("view", [0, 1, 2])
def test_a_single_view_is_its_own_projection(
    view: int, fusion: ViewFusion, embeddings: torch.Tensor
) -> None:
    mask = torch.eye(3)[view].expand(2, 4, 3)
    expected = fusion.project[view](embeddings[:, :, view])
    torch.testing.assert_close(fusion(embeddings, mask)[0], expected)


def test_every_view_counts_when_none_is_masked(
    fusion: ViewFusion, embeddings: torch.Tensor
) -> None:
    plain, _ = fusion(embeddings, torch.ones(2, 4, 3))
    for view in range(3):
        changed = embeddings.clone()
        changed[:, :, view] += 1.0
        assert (fusion(changed, torch.ones(2, 4, 3))[0] - plain).abs().max() > 1e-2


def test_no_view_at_all_gives_zeros(fusion: ViewFusion, embeddings: torch.Tensor) -> None:
    assert all((part == 0).all() for part in fusion(embeddings, torch.zeros(2, 4, 3)))
