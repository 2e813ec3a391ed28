"""Devices that give the label away, and devices that do not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from fetal_hemo.recordings.association import associate


def _women(count: int, positive: int) -> dict[str, bool]:
    return {f"w{i:03}": i < positive for i in range(count)}


def test_a_device_that_is_the_label_is_found() -> None:
    positive = _women(60, 12)
    levels = {w: ["A" if has else "B"] * 3 for w, has in positive.items()}
    found = associate("device_id", levels, positive)
    assert found is not None
    assert found.cramers_v == pytest.approx(1.0)
    assert found.p_value == pytest.approx(1 / 2_001, abs=1e-6)
    assert (found.levels, found.women) == (2, 60)


def test_strength_is_that_of_scipy() -> None:
    rng = np.random.default_rng(0)
    positive = _women(200, 40)
    levels = {w: [str(rng.integers(3))] for w in positive}
    table = np.zeros((3, 2))
    for woman, (level,) in levels.items():
        table[int(level), int(positive[woman])] += 1
    found = associate("site_id", levels, positive)
    assert found is not None
    statistic, p_value = chi2_contingency(table, correction=False)[:2]
    assert found.cramers_v == pytest.approx(np.sqrt(statistic / 200))
    assert found.p_value == pytest.approx(p_value, abs=0.05)


def test_without_a_relation_false_alarms_are_rare() -> None:
    rng = np.random.default_rng(1)
    positive = _women(80, 16)
    alarms = 0
    for _ in range(40):
        found = associate("site_id", {w: [str(rng.integers(4))] for w in positive}, positive)
        alarms += found is not None and found.p_value < 0.01
    assert alarms <= 3


def test_a_womans_many_recordings_count_once() -> None:
    positive = _women(10, 5)
    levels = {w: ["A" if i % 2 else "B"] * 500 for i, w in enumerate(positive)}
    found = associate("device_id", levels, positive)
    assert found is not None
    assert found.women == 10
    assert found.p_value > 0.3


@pytest.mark.parametrize("positive", [0, 10])
def test_nothing_to_compare_gives_nothing(positive: int) -> None:
    assert associate("site_id", {f"w{i:03}": ["A"] for i in range(10)}, _women(10, 5)) is None
    levels = {f"w{i:03}": [str(i % 2)] for i in range(10)}
    assert associate("site_id", levels, _women(10, positive)) is None
    assert associate("site_id", {}, _women(10, 5)) is None
