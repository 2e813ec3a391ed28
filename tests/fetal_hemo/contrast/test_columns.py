"""Columns of a manifest as numbers that can be compared."""

from __future__ import annotations

import math

from fetal_hemo.contrast import bands, codes


def test_equal_values_have_equal_codes_and_unknown_is_minus_one() -> None:
    found = codes(["W2", "W1", None, "W2", "", "W3"]).tolist()
    assert found[0] == found[3]
    assert len({found[0], found[1], found[5]}) == 3
    assert [i for i, code in enumerate(found) if code == -1] == [2, 4]
    assert codes([]).tolist() == []


def test_bands_begin_at_multiples_of_the_width() -> None:
    days = [0.0, 13.9, 14.0, 200.0, None, math.nan, math.inf]
    assert bands(days, 14.0).tolist() == [0, 0, 1, 14, -1, -1, -1]
