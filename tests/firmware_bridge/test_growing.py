"""Samples that are appended are all there, in order."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge import growing
from firmware_bridge.growing import Growing


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(0, 3 * growing.FIRST // 2), max_size=6))
def test_pieces_of_any_size(sizes: list[int]) -> None:
    samples = np.arange(sum(sizes), dtype=np.float32)
    kept = Growing()
    for piece in np.split(samples, np.cumsum(sizes)[:-1]) if sizes else []:
        kept.append(piece)
    assert len(kept) == len(samples)
    assert np.array_equal(kept.view(), samples)
    middle = len(samples) // 2
    assert np.array_equal(kept.view(middle, middle + 10), samples[middle : middle + 10])


def test_what_was_appended_is_a_copy() -> None:
    kept, piece = Growing(), np.ones(3, np.float32)
    kept.append(piece)
    piece[:] = 2.0
    assert kept.view().tolist() == [1.0, 1.0, 1.0]
