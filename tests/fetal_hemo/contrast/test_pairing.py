"""Rules become masks: a batch small enough to write every pair down."""

from __future__ import annotations

from itertools import product

import pytest
import torch

from fetal_hemo.contrast import (
    PairColumns,
    PairRule,
    codes,
    find_pairs,
    pair_contrast,
    patient_aware_pairs,
)
from fetal_hemo.contrast.pairing import POSITIVES, STRATA

#      woman visit window view device age rate
ROWS = [
    ("A", 0, 0, 0, "d", 1, 7),  # 0
    ("A", 0, 0, 1, "d", 1, 7),  # 1: another view of the window of 0
    ("A", 0, 0, 0, "d", 1, 7),  # 2: another copy of 0
    ("A", 0, 1, 0, "d", 1, 8),  # 3: another window of that visit
    ("A", 1, 0, 0, "e", 2, 7),  # 4: another visit; its window has the same number
    ("B", 0, 0, 0, "d", 2, 7),  # 5: another woman; visit and window have the same numbers
    ("B", 0, 0, 1, None, None, None),  # 6: nothing known of it
]


def _columns() -> PairColumns:
    woman, visit, window, view, device, age, rate = zip(*ROWS, strict=True)
    return PairColumns(
        *(codes(column) for column in (view, window, visit, woman, device, age, rate))
    )


def _rows(mask: torch.Tensor, anchor: int) -> list[int]:
    return mask[anchor].nonzero().squeeze(1).tolist()


@pytest.mark.parametrize(
    ("positives", "of_0", "of_3", "of_5"),
    [
        ("view", [1], [], [6]),
        ("window", [1, 2], [], [6]),
        ("visit", [1, 2, 3], [0, 1, 2], [6]),
        ("woman", [1, 2, 3, 4], [0, 1, 2, 4], [6]),
    ],
)
def test_positives(positives: str, of_0: list[int], of_3: list[int], of_5: list[int]) -> None:
    positive = find_pairs(_columns(), PairRule(positives)).positive
    assert [_rows(positive, i) for i in (0, 3, 5)] == [of_0, of_3, of_5]
    assert torch.equal(positive, positive.T)


@pytest.mark.parametrize(
    ("negatives", "of_0", "of_4"),
    [
        ((), [3, 4, 5, 6], [0, 1, 2, 3, 5, 6]),
        (("other_visit",), [4, 5, 6], [0, 1, 2, 3, 5, 6]),
        (("other_woman",), [5, 6], [5, 6]),
        (("same_woman",), [3, 4], [0, 1, 2, 3]),
        (("same_woman", "other_visit"), [4], [0, 1, 2, 3]),
        (("same_device",), [3, 5], [0, 1, 2, 3, 5, 6]),  # 4 is alone on its device: all again
        (("other_woman", "same_device"), [5], [5, 6]),
        (("other_woman", "same_gestational_age"), [5, 6], [5]),
        (("other_woman", "same_heart_rate"), [5], [5]),
        (("other_woman", "same_device", "same_heart_rate"), [5], [5, 6]),
    ],
)
def test_negatives(negatives: tuple[str, ...], of_0: list[int], of_4: list[int]) -> None:
    negative = find_pairs(_columns(), PairRule("window", negatives)).negative
    assert [_rows(negative, i) for i in (0, 4)] == [of_0, of_4]


def test_two_unknown_devices_are_not_the_same_device() -> None:
    each = torch.arange(4)
    columns = PairColumns(each, each, each, each, codes([None, None, "d", "d"]), each, each)
    negative = find_pairs(columns, PairRule("window", ("same_device",))).negative
    assert _rows(negative, 0) == [1, 2, 3]  # no stratum for it, so all
    assert _rows(negative, 2) == [3]


def test_strata_that_leave_too_few_are_dropped_for_that_anchor_only() -> None:
    rule = PairRule("window", ("other_woman", "same_device"), least=2)
    negative = find_pairs(_columns(), rule).negative
    assert _rows(negative, 0) == [5, 6]  # one on the device is too few
    assert _rows(negative, 5) == [0, 1, 2, 3]


@pytest.mark.parametrize("positives", POSITIVES)
@pytest.mark.parametrize("stratum", STRATA)
def test_no_row_is_both_nor_its_own_nor_a_negative_in_its_window(
    positives: str, stratum: str
) -> None:
    positive, negative = find_pairs(_columns(), PairRule(positives, (stratum,)))
    assert not (positive & negative).any()
    assert not (positive | negative).diagonal().any()
    assert not any(negative[i, j] for i, j in product(range(3), repeat=2))


def test_the_order_of_rows_has_no_part() -> None:
    order = torch.randperm(7, generator=torch.Generator().manual_seed(0))
    rule = PairRule("visit", ("other_woman", "same_device"))
    expected = find_pairs(_columns(), rule)
    moved = find_pairs(PairColumns(*(column[order] for column in _columns())), rule)
    for mask, before in zip(moved, expected, strict=True):
        assert torch.equal(mask, before[order][:, order])


@pytest.mark.parametrize(
    ("positives", "negatives"),
    [("recording", ()), ("view", ("same_site",)), ("view", ("other_woman", "same_woman"))],
)
def test_a_rule_without_sense_is_refused(positives: str, negatives: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"pairs|exclude"):
        PairRule(positives, negatives)


def test_a_row_without_a_woman_is_refused() -> None:
    columns = _columns()._replace(woman=torch.tensor([0, 0, 0, 0, 0, 1, -1]))
    with pytest.raises(ValueError, match="needs a woman"):
        find_pairs(columns, PairRule())


def test_patient_aware_pairs() -> None:
    labels = torch.tensor([0, 0, 0, 0, 1, 1, -1])
    neutral = patient_aware_pairs(_columns(), labels)
    assert _rows(neutral.positive, 0) == [1, 2, 3]
    assert _rows(neutral.positive, 4) == []  # 5 is of the class, but another woman
    assert _rows(neutral.negative, 4) == [0, 1, 2, 3]
    pushed = patient_aware_pairs(_columns(), labels, "negative")
    assert _rows(pushed.negative, 4) == [0, 1, 2, 3, 5]
    assert torch.equal(pushed.positive, neutral.positive)
    assert not (pushed.positive[6] | pushed.negative[6] | pushed.negative[:, 6]).any()


def test_a_loss_sees_the_masks_and_no_column() -> None:
    draw = torch.Generator().manual_seed(0)
    z = torch.randn(7, 8, generator=draw, requires_grad=True)
    pair_contrast(z, find_pairs(_columns(), PairRule("view")), 0.1).backward()
    assert z.grad.isfinite().all()
    assert (z.grad != 0).any(dim=1).all()  # rows without a positive are negatives of others
