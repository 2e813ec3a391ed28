"""Whose label hangs on a few mmHg."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetal_hemo.evaluation.grey_zone import grey_zone

LIMITS = (140, 90)
pressures = st.lists(st.tuples(st.integers(80, 200), st.integers(40, 120)), max_size=20)


@pytest.mark.parametrize(
    ("systolic", "diastolic", "grey"),
    [
        (134, 84, False),
        (135, 60, True),
        (144, 60, True),
        (145, 60, False),
        (110, 85, True),
        (110, 94, True),
        (110, 95, False),
        (150, 88, False),
        (138, 97, False),
    ],
)
def test_by_hand(systolic: int, diastolic: int, grey: bool) -> None:
    assert grey_zone([systolic], [diastolic], LIMITS).tolist() == [grey]


@given(pressures)
def test_it_is_where_a_shift_of_both_pressures_turns_the_label(rows: list) -> None:
    systolic, diastolic = np.array(rows, dtype=float).reshape(-1, 2).T

    def label(shift: float) -> np.ndarray:
        return (systolic + shift >= 140) | (diastolic + shift >= 90)

    # At the very edge the shift that is just enough is not a shift that turns it.
    assert (grey_zone(systolic, diastolic, LIMITS) == (label(5) & ~label(-5.5))).all() or any(
        np.maximum(systolic - 140, diastolic - 90) == 5
    )
