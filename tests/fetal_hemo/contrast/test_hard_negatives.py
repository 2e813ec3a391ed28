"""Positive-aware negatives: planted duplicates are masked, strangers are not."""

from __future__ import annotations

import pytest
import torch

from fetal_hemo.contrast import Pairs, nt_xent, pair_contrast, positive_aware_pairs
from fetal_hemo.contrast.hard_negatives import hardest, likely_false_negatives
from fetal_hemo.contrast.similarity import cosine
from fetal_hemo.contrast.two_views import two_view_pairs

HAND = torch.tensor([[1.0, 0.8, 0.77, 0.5], [0.8, 1, 0, 0], [0.77, 0, 1, -0.9], [0.5, 0, -0.9, 1]])
HAND_PAIRS = Pairs(
    torch.tensor([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]]).bool(),
    torch.tensor([[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0], [1, 1, 1, 0]]).bool(),
)


@pytest.mark.parametrize(
    ("rule", "bound", "expected"),
    [
        ("share", 0.95, [[2], [], [], []]),  # 0.77 > 0.95 x 0.8; row 2: its positive is at -0.9
        ("share", 0.97, [[], [], [], []]),
        ("margin", 0.05, [[2], [], [0, 1], []]),  # row 2: all are nearer than its positive
        ("margin", 0.01, [[], [], [0, 1], []]),  # row 3 has no positive to compare with
        ("off", 0.0, [[], [], [], []]),
    ],
)
def test_by_hand(rule: str, bound: float, expected: list[list[int]]) -> None:
    found = likely_false_negatives(HAND, HAND_PAIRS, rule, bound)
    assert [row.nonzero().squeeze(1).tolist() for row in found] == expected


@pytest.mark.parametrize(("rule", "bound"), [("share", 0.95), ("margin", 0.05)])
def test_planted_duplicates_are_masked_and_strangers_kept(rule: str, bound: float) -> None:
    draw = torch.Generator().manual_seed(0)
    content = torch.randn(60, 64, generator=draw)
    content = torch.cat([content, content[:12]])  # items 60-71 are items 0-11 under other names
    noise = 0.1 * torch.randn(2, 72, 64, generator=draw)
    both = torch.cat([content + noise[0], content + noise[1]])
    pairs = two_view_pairs(72, both.device)
    masked = likely_false_negatives(cosine(both, both), pairs, rule, bound)
    source = torch.cat([torch.arange(60), torch.arange(12)]).repeat(2)
    planted = pairs.negative & (source[:, None] == source[None, :])
    strangers = pairs.negative & ~planted
    assert planted.sum() == 12 * 2 * 4
    assert masked[planted].float().mean() > 0.9
    assert masked[strangers].float().mean() < 0.05


def test_the_hardest_are_the_nearest_negatives() -> None:
    found = hardest(HAND, HAND_PAIRS.negative, 1)
    assert [row.nonzero().squeeze(1).tolist() for row in found] == [[2], [2], [0], [0]]
    assert torch.equal(hardest(HAND, HAND_PAIRS.negative, 0), HAND_PAIRS.negative)
    few = torch.zeros(4, 4, dtype=torch.bool)
    few[0, 3] = True
    assert torch.equal(hardest(HAND, few, 2), few)  # fewer negatives than asked for


def test_no_rule_leaves_the_loss_as_it_was_and_masks_carry_no_gradient() -> None:
    draw = torch.Generator().manual_seed(0)
    both = torch.randn(12, 8, generator=draw, requires_grad=True)
    pairs, scores = two_view_pairs(6, both.device), cosine(both, both)
    unchanged = positive_aware_pairs(scores, pairs, "off")
    expected = nt_xent(both[:6], both[6:], 0.1)
    torch.testing.assert_close(pair_contrast(both, unchanged, 0.1), expected)
    kept = positive_aware_pairs(scores, pairs, "margin", 0.05, most=3)
    assert not kept.negative.requires_grad
    assert kept.negative.sum(dim=1).max() <= 3
    assert torch.equal(kept.positive, pairs.positive)
