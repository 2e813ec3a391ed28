"""The pairs of two views."""

from __future__ import annotations

import torch

from fetal_hemo.contrast.two_views import two_view_pairs


def test_the_other_view_is_the_positive_and_all_else_a_negative() -> None:
    positive, negative = two_view_pairs(2, torch.device("cpu"))
    assert positive.long().tolist() == [[0, 0, 1, 0], [0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]]
    assert torch.equal(positive | negative, ~torch.eye(4, dtype=torch.bool))
    assert not (positive & negative).any()
