"""Stretches of quality tile a recording and agree with the labels of its windows."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.constants import QUALITY_CLASSES
from fetal_hemo.simulate.quality_runs import quality_runs


@pytest.mark.parametrize("samples", [15_000, 24_000, 480_000])
def test_stretches_tile_the_recording(samples: int) -> None:
    for seed in range(20):
        runs = quality_runs(samples, {}, np.random.default_rng(seed))
        edges = [0, *(run.stop for run in runs.all)]
        assert [run.start for run in runs.all] == edges[:-1]
        assert edges[-1] == samples


def test_a_window_is_mostly_what_its_label_says() -> None:
    for seed in range(20):
        runs = quality_runs(480_000, {}, np.random.default_rng(seed))
        for at, label in enumerate(runs.labels):
            own = sum(
                max(0, min(run.stop, 15_000 * (at + 1)) - max(run.start, 15_000 * at))
                for run in runs.stretches(QUALITY_CLASSES[label])
            )
            assert own > 0.8 * 15_000


def test_trouble_of_a_site_is_heard_in_its_recordings() -> None:
    def share(trouble: dict[str, float]) -> float:
        rngs = map(np.random.default_rng, range(60))
        labels = [quality_runs(480_000, trouble, rng).labels for rng in rngs]
        return float(np.mean(np.concatenate(labels) == QUALITY_CLASSES.index("talking")))

    assert share({"talking": 4.0}) > 2 * share({})
