"""Spaces that are ill in a known way, and the cause that the warning names."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from fetal_hemo.contrast import (
    Diagnosis,
    Prototypes,
    balanced_contrast,
    collapse_warning,
    diagnose,
    nt_xent,
)
from fetal_hemo.contrast.collapse import SIGNS

ROWS, DIM = 80, 16
LABELS = torch.arange(ROWS) % 4


def _draw(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _diagnosis(first: Tensor, second: Tensor, prototypes: Tensor | None = None) -> Diagnosis:
    women = torch.arange(ROWS) // 2
    return diagnose(first, second, LABELS, women, torch.arange(ROWS), 4, prototypes, 1.0)


def _healthy() -> Diagnosis:
    first = _draw(0, ROWS, DIM)
    return _diagnosis(first, first + 0.3 * _draw(1, ROWS, DIM), torch.eye(4, DIM))


def _cause(diagnosis: Diagnosis) -> str | None:
    warning = collapse_warning(diagnosis, 0.1)
    return warning.cause if warning else None


def test_a_healthy_space_is_not_warned_of() -> None:
    assert _cause(_healthy()) is None


def test_training_without_negatives_ends_in_one_point() -> None:
    weight = torch.nn.Parameter(_draw(2, DIM, DIM) / 4)
    content = _draw(0, ROWS, DIM)
    first, second = content + 0.5 * _draw(3, ROWS, DIM), content + 0.5 * _draw(4, ROWS, DIM)
    offset = torch.nn.Parameter(torch.zeros(DIM))
    optimizer = torch.optim.Adam([weight, offset], lr=0.05)
    for _ in range(100):
        optimizer.zero_grad()
        pair = first @ weight + offset, second @ weight + offset
        (-torch.nn.functional.cosine_similarity(*pair).mean()).backward()
        optimizer.step()
    with torch.no_grad():
        found = _diagnosis(first @ weight + offset, second @ weight + offset)
    assert _cause(found) == "one point"


def test_one_point_is_not_taken_for_merged_classes() -> None:
    point = torch.ones(ROWS, DIM)
    first, second = point + 0.01 * _draw(0, ROWS, DIM), point + 0.01 * _draw(1, ROWS, DIM)
    assert max(_diagnosis(first, second).sample_alignment) < 0.2
    assert _cause(_diagnosis(first, second)) == "one point"


def test_training_with_negatives_stays_healthy() -> None:
    z = torch.nn.Parameter(_draw(0, 2, ROWS, DIM))
    optimizer = torch.optim.Adam([z], lr=0.05)
    for _ in range(60):
        optimizer.zero_grad()
        nt_xent(z[0], z[1], 0.2).backward()
        optimizer.step()
    assert _cause(_diagnosis(z[0].detach(), z[1].detach())) is None


def test_classes_of_one_point_each() -> None:
    corners = torch.eye(4, DIM)[LABELS]
    near = corners + 0.01 * _draw(0, ROWS, DIM), corners + 0.01 * _draw(1, ROWS, DIM)
    warning = collapse_warning(_diagnosis(*near), 0.1)
    assert warning is not None
    assert warning.cause == "classes"
    assert "class 0, 1, 2, 3" in warning.text


def test_only_the_collapsed_class_is_named() -> None:
    first = _draw(0, ROWS, DIM)
    collapsed = (LABELS == 2)[:, None]
    first = torch.where(collapsed, torch.eye(DIM)[0], first)
    second = first + 0.02 * _draw(1, ROWS, DIM)
    warning = collapse_warning(_diagnosis(first + 0.02 * _draw(2, ROWS, DIM), second), 0.1)
    assert warning is not None
    assert warning.cause == "classes"
    assert "class 2 " in warning.text


def test_a_large_collapsed_class_is_not_taken_for_one_point() -> None:
    labels = (torch.arange(ROWS) >= 75).long()  # 94 % of one class, as blood pressures are
    poles = torch.eye(DIM)[0] * (1 - 2 * labels)[:, None]
    first, second = (poles + 0.01 * _draw(seed, ROWS, DIM) for seed in (0, 1))
    found = diagnose(first, second, labels, torch.arange(ROWS), torch.arange(ROWS), 2)
    assert found.uniformity > -0.3
    assert _cause(found) == "classes"


def test_a_line_in_many_dimensions() -> None:
    line = _draw(0, ROWS, 1) * torch.ones(1, DIM) + 1e-4 * _draw(1, ROWS, DIM)
    warning = collapse_warning(_diagnosis(line, line), 0.1)
    assert warning is not None
    assert warning.cause == "rank"
    assert "of 16 dimensions" in warning.text


def test_prototypes_that_nobody_is_near() -> None:
    first = _draw(0, ROWS, DIM)
    prototypes = torch.stack([v := torch.eye(DIM)[0], -v, 0.01 * v, 0.01 * v])
    warning = collapse_warning(_diagnosis(first, first + 0.1, prototypes), 0.1)
    assert warning is not None
    assert warning.cause == "prototypes"
    assert "class 2, 3 " in warning.text


def test_balanced_contrast_uses_every_prototype() -> None:
    prototypes = Prototypes(4, DIM, torch.Generator().manual_seed(0))
    z = torch.nn.Parameter(_draw(0, ROWS, DIM))
    optimizer = torch.optim.Adam([z, *prototypes.parameters()], lr=0.05)
    for _ in range(20):
        optimizer.zero_grad()
        balanced_contrast(z, LABELS, prototypes(), 0.2).backward()
        optimizer.step()
    near = z.detach() + 0.05 * _draw(1, ROWS, DIM)
    assert min(_diagnosis(z.detach(), near, prototypes().detach()).prototype_use) > 0.1


def test_views_that_do_not_belong_together() -> None:
    warning = collapse_warning(_diagnosis(_draw(0, ROWS, DIM), _draw(1, ROWS, DIM)), 0.07)
    assert warning is not None
    assert warning.cause == "positives"
    assert "0.07" in warning.text


def test_an_embedding_of_the_woman() -> None:
    woman = _draw(0, ROWS // 2, DIM).repeat_interleave(2, dim=0)
    first, second = woman + 0.1 * _draw(1, ROWS, DIM), woman + 0.1 * _draw(2, ROWS, DIM)
    assert _cause(_diagnosis(first, second)) == "woman"


@pytest.mark.parametrize(
    ("norm", "cause"), [(math.nan, "gradient"), (math.inf, "gradient"), (1e5, "gradient"),
                        (0.0, "vanished"), (None, None)]
)  # fmt: skip
def test_gradients(norm: float | None, cause: str | None) -> None:
    assert _cause(replace(_healthy(), gradient_norm=norm)) == cause


def test_every_sign_can_be_written_out() -> None:
    for sign in SIGNS:
        text = sign.text.format(d=_healthy(), t=0.1, classes="1")
        assert "{" not in text
        assert "\n" not in text
