"""What is known of each row of a batch, as whole numbers that can be compared."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

UNKNOWN = -1  # is like nothing, not even like another unknown


class PairColumns(NamedTuple):
    """One whole number a row in each column, all `(rows,)`.

    Rows are alike where the numbers are equal. `window` is numbered inside a visit and `visit`
    inside a woman, or over all of them. Device and bands may be `UNKNOWN`.
    """

    view: Tensor
    window: Tensor
    visit: Tensor
    woman: Tensor
    device: Tensor
    gestational_age: Tensor
    heart_rate: Tensor


def codes(values: Sequence[Hashable]) -> Tensor:
    """A number `(rows,)` for each value, equal for equal ones; None and "" are `UNKNOWN`."""
    numbers: dict[Hashable, int] = {None: UNKNOWN, "": UNKNOWN}
    for value in values:
        numbers.setdefault(value, len(numbers))
    return torch.tensor([numbers[value] for value in values], dtype=torch.long)


def bands(values: Sequence[float | None], width: float) -> Tensor:
    """The band `(rows,)` of `width`, counted from 0, that each value is in; None and NaN: UNKNOWN.

    Days of gestation or beats per minute: both are never negative.
    """
    known = [v is not None and math.isfinite(v) for v in values]
    found = [
        math.floor(float(v) / width) if ok and v is not None else UNKNOWN
        for v, ok in zip(values, known, strict=True)
    ]
    return torch.tensor(found, dtype=torch.long)
