"""Prototypes begin as a regular simplex and can be learned."""

from __future__ import annotations

import pytest
import torch

from fetal_hemo.contrast import Prototypes, balanced_contrast


@pytest.mark.parametrize(("classes", "dim"), [(2, 2), (4, 8), (4, 64)])
def test_begin_as_a_regular_simplex(classes: int, dim: int) -> None:
    points = Prototypes(classes, dim, torch.Generator().manual_seed(0))()
    cosines = points @ points.T
    expected = torch.full((classes, classes), -1 / (classes - 1)).fill_diagonal_(1.0)
    torch.testing.assert_close(cosines, expected, atol=1e-5, rtol=0)


def test_the_seed_decides() -> None:
    first, again, other = (Prototypes(4, 8, torch.Generator().manual_seed(s))() for s in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_too_few_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="4 prototypes need"):
        Prototypes(4, 3, torch.Generator())


def test_learning_pulls_a_prototype_to_its_class() -> None:
    generator = torch.Generator().manual_seed(0)
    prototypes = Prototypes(2, 8, generator)
    embeddings = torch.cat([torch.eye(8)[:1], torch.eye(8)[1:2]]).repeat_interleave(10, dim=0)
    labels = torch.arange(2).repeat_interleave(10)
    before = (prototypes()[0] @ embeddings[0]).item()
    optimiser = torch.optim.SGD(prototypes.parameters(), lr=0.5)
    for _ in range(50):
        optimiser.zero_grad()
        balanced_contrast(embeddings, labels, prototypes(), 0.1).backward()
        optimiser.step()
    after = (prototypes()[0] @ embeddings[0]).item()
    assert after > max(before, 0.5)
    torch.testing.assert_close(prototypes().norm(dim=1), torch.ones(2))
