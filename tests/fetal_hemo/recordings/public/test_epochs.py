"""One rate each 3.75 s: the mean interval of those samples that are alive."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.recordings.public.epochs import epoch_rates

NAN = np.nan


def test_intervals_are_averaged_not_rates() -> None:
    bpm = np.array([120.0] * 10 + [150.0] * 5)  # intervals of 500 and 400 ms
    assert epoch_rates(bpm, 4)[0] == pytest.approx(60_000 / ((10 * 500 + 5 * 400) / 15))


def test_lost_samples_do_not_count() -> None:
    assert epoch_rates(np.array([140.0, NAN, 140.0] * 5), 4) == pytest.approx([140.0])


@pytest.mark.parametrize(("live", "known"), [(15, True), (8, True), (7, False), (0, False)])
def test_under_half_alive_is_no_rate(live: int, known: bool) -> None:
    bpm = np.array([140.0] * live + [NAN] * (15 - live), dtype=np.float32)
    assert np.isfinite(epoch_rates(bpm, 4)).tolist() == [known]


def test_a_last_part_is_left_out() -> None:
    assert len(epoch_rates(np.full(44, 140.0), 4)) == 2
    assert len(epoch_rates(np.full(14, 140.0), 4)) == 0
