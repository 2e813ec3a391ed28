"""SupProto: prototypes pull until near, and never push."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from fetal_hemo.contrast import nt_xent, prototype_contrast
from fetal_hemo.contrast.prototypes import simplex

LABELS = torch.tensor([0, 0, 0, 0, 1, 1, 2])


def _pair(items: int = 7) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(1)
    first, second = torch.randn(2, items, 8, generator=draw, dtype=torch.float64)
    return first.requires_grad_(), second


def _prototypes(classes: int = 3) -> Tensor:
    return simplex(classes, 8, torch.Generator().manual_seed(0)).double()


def _by_hand(z: Tensor, c: Tensor, labels: list[int], temperature: float, margin: float) -> float:
    z = torch.nn.functional.normalize(z.detach(), dim=1)
    items, losses = len(labels), []
    for i in range(len(z)):
        mine = labels[i % items]
        to_classes = [float(z[i] @ k) for k in c]
        total = math.log(
            sum(math.exp(float(z[i] @ z[j]) / temperature) for j in range(len(z)) if j != i)
        )
        positives = [float(z[i] @ z[(i + items) % len(z)])]
        nearest_other = max(s for k, s in enumerate(to_classes) if k != mine)
        if to_classes[mine] <= nearest_other + margin:
            positives.append(to_classes[mine])
        losses.append(sum(total - s / temperature for s in positives) / len(positives))
    return sum(losses) / len(losses)


@pytest.mark.parametrize("margin", [-5.0, 0.1, 5.0])
def test_agrees_with_the_formula_written_out(margin: float) -> None:
    first, second = _pair()
    ours = prototype_contrast(first, second, LABELS, _prototypes(), 0.1, margin).item()
    both = torch.cat([first, second])
    expected = _by_hand(both, _prototypes(), LABELS.tolist(), 0.1, margin)
    assert ours == pytest.approx(expected, rel=1e-6)


def test_with_every_item_near_its_prototype_it_is_nt_xent() -> None:
    near = _prototypes()[LABELS]
    ours = prototype_contrast(near, near, LABELS, _prototypes(), 0.1, margin=0.1)
    torch.testing.assert_close(ours, nt_xent(near, near, 0.1))


def test_two_antipodal_prototypes_of_the_paper() -> None:
    axis = torch.eye(8, dtype=torch.float64)
    two = torch.stack([axis[0], -axis[0]])
    same = axis[1].expand(5, 8)  # at a right angle to both: every item is pulled
    loss = prototype_contrast(same, same, torch.tensor([0, 0, 0, 1, 1]), two, 0.5).item()
    # log 9 for the own view; (1 - 0) / temperature more for the prototype
    assert loss == pytest.approx(math.log(9) + 0.5 * (1 / 0.5), rel=1e-6)


def test_a_step_against_the_gradient_moves_a_stray_item_towards_its_prototype() -> None:
    first, second = _pair()
    prototypes, labels = _prototypes(), LABELS
    loss = prototype_contrast(first, second, labels, prototypes, 0.5, margin=5.0)
    loss = loss - nt_xent(first, second, 0.5)  # what the prototypes add
    moved = first - 0.5 * torch.autograd.grad(loss, first)[0]
    unit = torch.nn.functional.normalize
    before = (unit(first, dim=1) * prototypes[labels]).sum(dim=1).mean()
    after = (unit(moved, dim=1) * prototypes[labels]).sum(dim=1).mean()
    assert after > before


@pytest.mark.parametrize("labels", [[], [-1, -1], [2], [0, -1, 2]])
def test_rare_and_missing_labels_give_finite_gradients(labels: list[int]) -> None:
    first, second = _pair(len(labels))
    classes = torch.tensor(labels, dtype=torch.long)
    loss = prototype_contrast(first, second, classes, _prototypes(4), 0.05)
    loss.backward()
    assert loss.isfinite()
    assert first.grad.isfinite().all()
    assert (first.grad[classes < 0] == 0).all()
