"""What every objective of the package must do, one table of them all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

import fetal_hemo.contrast as contrast
from fetal_hemo.contrast.prototypes import simplex
from fetal_hemo.contrast.similarity import angular

DIM, CLASSES = 16, 4
Objective = Callable[[Tensor, Tensor, Tensor, Tensor, float], Tensor]

# (first view, second view, labels, prototypes, temperature) -> loss; pressures follow the labels
OBJECTIVES: dict[str, Objective] = {
    "nt_xent": lambda a, b, y, c, t: contrast.nt_xent(a, b, t),
    "nt_xent, angular": lambda a, b, y, c, t: contrast.nt_xent(a, b, t, angular),
    "decoupled": lambda a, b, y, c, t: contrast.decoupled_contrast(a, b, t),
    "multiview": lambda a, b, y, c, t: contrast.multiview_infonce(*_views(a, b), t),
    "pairwise": lambda a, b, y, c, t: contrast.pairwise_infonce(*_views(a, b), t),
    "supcon": lambda a, b, y, c, t: contrast.supervised_contrast(torch.cat([a, b]), y.repeat(2), t),
    "balanced": lambda a, b, y, c, t: contrast.balanced_contrast(
        torch.cat([a, b]), y.repeat(2), c, t
    ),
    "supmin": lambda a, b, y, c, t: contrast.minority_contrast(a, b, y, t),
    "supproto": lambda a, b, y, c, t: contrast.prototype_contrast(a, b, y, c, t),
    "targeted": lambda a, b, y, c, t: contrast.targeted_contrast(
        torch.cat([a, b]), y.repeat(2), c, t
    ),
    "rank_n": lambda a, b, y, c, t: contrast.rank_n_contrast(torch.cat([a, b]), _mmhg(y, a), t),
}


def _views(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    views = torch.stack([first, second, first.roll(1, dims=1)], dim=1)
    return views, torch.ones(views.shape[:2], dtype=views.dtype, device=views.device)


def _mmhg(labels: Tensor, like: Tensor) -> Tensor:
    return (110.0 + 15.0 * labels.to(like.dtype)).repeat(2)


def _case(items: int, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    draw = torch.Generator().manual_seed(0)
    first = torch.randn(items, DIM, generator=draw, dtype=torch.float64)
    second = first + 0.5 * torch.randn(items, DIM, generator=draw, dtype=torch.float64)
    shares = torch.tensor([0.6, 0.2, 0.14, 0.06])
    labels = torch.multinomial(shares, items, replacement=True, generator=draw)
    prototypes = simplex(CLASSES, DIM, draw)
    return first.to(dtype), second.to(dtype), labels, prototypes.to(dtype)


def _loss_and_gradient(name: str, items: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    first, second, labels, prototypes = _case(items, dtype)
    first.requires_grad_()
    loss = OBJECTIVES[name](first, second, labels, prototypes, 0.05)
    return loss.detach(), torch.autograd.grad(loss, first)[0]


def _agree(name: str, items: int) -> None:
    loss, gradient = _loss_and_gradient(name, items, torch.float32)
    exact, exact_gradient = _loss_and_gradient(name, items, torch.float64)
    assert gradient.isfinite().all()
    torch.testing.assert_close(loss.double(), exact, rtol=1e-5, atol=1e-5)
    assert (gradient - exact_gradient).norm() < 1e-4 * exact_gradient.norm()


@pytest.mark.parametrize("name", OBJECTIVES)
def test_float32_is_enough_at_a_low_temperature(name: str) -> None:
    _agree(name, 128)


@pytest.mark.slow
@pytest.mark.parametrize("name", OBJECTIVES)
def test_float32_is_enough_for_4096_rows(name: str) -> None:
    _agree(name, 4096 if name in ("multiview", "pairwise") else 2048)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_order_of_items_has_no_part(name: str) -> None:
    first, second, labels, prototypes = _case(20)
    order = torch.randperm(20, generator=torch.Generator().manual_seed(1))
    expected = OBJECTIVES[name](first, second, labels, prototypes, 0.1)
    found = OBJECTIVES[name](first[order], second[order], labels[order], prototypes, 0.1)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", [n for n in OBJECTIVES if n not in ("multiview", "pairwise")])
def test_a_common_rotation_has_no_part(name: str) -> None:
    first, second, labels, prototypes = _case(20)
    draw = torch.Generator().manual_seed(1)
    turn, _ = torch.linalg.qr(torch.randn(DIM, DIM, generator=draw, dtype=torch.float64))
    expected = OBJECTIVES[name](first, second, labels, prototypes, 0.1)
    found = OBJECTIVES[name](first @ turn, second @ turn, labels, prototypes @ turn, 0.1)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", [n for n in OBJECTIVES if n not in ("supmin", "rank_n")])
def test_other_names_for_the_classes_have_no_part(name: str) -> None:
    first, second, labels, prototypes = _case(20)
    other = torch.tensor([2, 0, 3, 1])
    expected = OBJECTIVES[name](first, second, labels, prototypes, 0.1)
    found = OBJECTIVES[name](first, second, other[labels], prototypes[other.argsort()], 0.1)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize(
    "labels", [[0] * 6, [3] * 6, [0, 0, 0, 0, 0, 2], [0, 1, -1, -1, 2, 3], [-1] * 6]
)
def test_one_class_a_missing_class_and_no_class_give_finite_gradients(
    name: str, labels: list[int]
) -> None:
    first, second, _, prototypes = _case(6, torch.float32)
    first.requires_grad_()
    loss = OBJECTIVES[name](first, second, torch.tensor(labels), prototypes, 0.05)
    loss.backward()
    assert loss.isfinite()
    assert first.grad.isfinite().all()


@pytest.mark.parametrize("name", OBJECTIVES)
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_collapsed_embeddings_give_finite_gradients(name: str, value: float) -> None:
    first = torch.full((8, DIM), value, requires_grad=True)
    _, _, labels, prototypes = _case(8, torch.float32)
    loss = OBJECTIVES[name](first, first * 1.0, labels, prototypes, 0.05)
    loss.backward()
    assert loss.isfinite()
    assert first.grad.isfinite().all()


@pytest.mark.parametrize("name", OBJECTIVES)
def test_autocast_and_half_precision_embeddings_lose_nothing_in_the_loss(name: str) -> None:
    first, second, labels, prototypes = _case(16, torch.bfloat16)
    arguments = (first.float(), second.float(), labels, prototypes.float(), 0.05)
    expected = OBJECTIVES[name](*arguments)
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(OBJECTIVES[name](*arguments), expected)
        half = OBJECTIVES[name](first, second, labels, prototypes, 0.05)
    torch.testing.assert_close(half.float(), expected)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_a_small_step_against_the_gradient_lowers_the_loss(name: str) -> None:
    first, second, labels, prototypes = _case(16)
    first.requires_grad_()
    before = OBJECTIVES[name](first, second, labels, prototypes, 0.5)
    gradient = torch.autograd.grad(before, first)[0]
    step = 0.01 * gradient / gradient.norm()
    assert OBJECTIVES[name](first - step, second, labels, prototypes, 0.5) < before
