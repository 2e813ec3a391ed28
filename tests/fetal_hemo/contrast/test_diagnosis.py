"""One record of an embedding space."""

from __future__ import annotations

import json

import pytest
import torch

from fetal_hemo.contrast import diagnose
from fetal_hemo.contrast.diagnostics import alignment, effective_rank, uniformity


def test_holds_what_the_single_measures_say() -> None:
    draw = torch.Generator().manual_seed(0)
    first = torch.randn(40, 8, generator=draw)
    second = first + 0.3 * torch.randn(40, 8, generator=draw)
    labels, women = torch.arange(40) % 3, torch.arange(40) // 2
    found = diagnose(first, second, labels, women, torch.arange(40), 4, torch.eye(4, 8), 0.5)
    assert found.alignment == alignment(first, second)
    assert found.uniformity == uniformity(first)
    assert found.effective_rank == effective_rank(first)
    assert found.largest_rank == 8
    assert found.rows == (14, 13, 13, 0)
    assert found.sample_alignment[3] is None
    assert all(share > 0.9 for share in found.sample_alignment[:3])
    assert sum(found.prototype_use) == pytest.approx(1.0)
    assert found.gradient_norm == 0.5


def test_what_cannot_be_told_is_none_and_the_row_is_json() -> None:
    first = torch.randn(3, 8, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([-1, -1, 0])
    found = diagnose(first, first, labels, torch.arange(3), torch.zeros(3), 2)
    assert found.woman_found is None
    assert found.class_cosine == (None, None)
    assert found.largest_rank == 2
    row = json.loads(json.dumps(found.to_row(), allow_nan=False))
    assert row["rows"] == [1, 0]
    assert row["prototype_use"] == []


def test_what_is_not_finite_is_refused() -> None:
    first = torch.ones(3, 8)
    first[1, 2] = torch.nan
    with pytest.raises(ValueError, match="not finite"):
        diagnose(first, first, torch.zeros(3).long(), torch.arange(3), torch.zeros(3), 2)


def test_no_label_and_a_single_row_are_no_obstacle() -> None:
    found = diagnose(torch.ones(1, 8), torch.ones(1, 8), torch.tensor([-1]), *torch.zeros(2, 1), 2)
    json.dumps(found.to_row(), allow_nan=False)
    assert found.farthest_classes is None
