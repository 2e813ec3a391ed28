"""When valves open and close in each beat: read, and placed in windows."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from fetal_hemo.constants import WINDOW_S
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.cohort import TRUTH
from fetal_hemo.training.beat_events import (
    EVENTS,
    events_in_windows,
    known_events,
)
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.randomness import generator

BESIDE_PHYSIOLOGY = {
    "view_loss": "off",
    "visit_loss": "off",
    "physiology_weight": 1.0,
    "events_weight": 0.5,
}
BEATS = {
    "beats_s": [0.0, 0.4],
    "intervals_ms": {n: [30.0, 31.0] for n in ("emd", "ict", "et", "irt")},
}
GOOD = json.dumps(BEATS).encode()


@pytest.fixture
def told(surveyed, tmp_path):
    """Events of the first visit, as a truth of these bytes tells them."""

    def told(content: bytes) -> np.ndarray:
        (tmp_path / TRUTH).mkdir(exist_ok=True)
        name = surveyed.found.visits[0].recording.recording_id
        (tmp_path / TRUTH / f"{name}.json").write_bytes(content)
        return known_events(replace(surveyed.cohort, folder=tmp_path), name)

    return told


def test_events_are_those_of_the_beats_in_their_order(surveyed) -> None:
    for visit in surveyed.found.visits[:4]:
        times = known_events(surveyed.cohort, visit.recording.recording_id)
        assert len(times) == len(EVENTS)
        assert (np.diff(times, axis=0) > 0.01).all()  # within a beat
        assert (np.diff(times, axis=1) > 0.2).all()  # from beat to beat
        ejection = times[EVENTS.index("aortic_closing")] - times[EVENTS.index("aortic_opening")]
        assert 0.12 < np.median(ejection) < 0.22


def test_they_are_told_in_seconds(told) -> None:
    expected = [[0.0, 0.4], [0.03, 0.431], [0.06, 0.462], [0.09, 0.493], [0.12, 0.524]]
    np.testing.assert_allclose(told(GOOD), expected)


DAMAGED = (
    *(b"", b"{", b"[]", b"null", b"{}", b'{"beats_s": 3, "intervals_ms": {}}', b"[" * 5_000),
    GOOD.replace(b"31.0]", b"31.0, 32.0]", 1),
    *(GOOD.replace(b"31.0", wrong, 1) for wrong in (b"NaN", b"Infinity", b'"x"', b"[1]", b"null")),
)


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_truth_is_no_error_of_ours(told, content) -> None:
    with pytest.raises(FetalHemoError, match=r"E-COHORT.*events_weight = 0") as refused:
        told(content)
    assert "\n" not in str(refused.value)


def test_a_cohort_without_truth_is_refused_before_the_first_batch(
    surveyed, smallest, tmp_path
) -> None:
    folder = tmp_path / "real"
    shutil.copytree(surveyed.cohort.folder, folder, ignore=shutil.ignore_patterns(TRUTH))
    real, recipe = replace(surveyed.cohort, folder=folder), smallest(pretrain={"events_weight": 1})
    with pytest.raises(FetalHemoError, match="E-COHORT"):
        ContrastBatches(real, surveyed.found.visits, recipe)


def test_each_window_has_the_events_inside_it(surveyed) -> None:
    names = [visit.recording.recording_id for visit in surveyed.found.visits[:2]]
    times = [known_events(surveyed.cohort, name) for name in names]
    windows = [[0, 3], [5]]
    found = events_in_windows(zip(times, windows, strict=True)).numpy()
    assert found.shape[:2] == (3, len(EVENTS))
    for row, (one, index) in enumerate(((0, 0), (0, 3), (1, 5))):
        start = index * WINDOW_S
        for event, every in enumerate(times[one]):
            inside = every[(every > start) & (every < start + WINDOW_S)] - start
            here = found[row, event]
            here = here[(here > 0) & (here < WINDOW_S)]  # NaN is neither
            np.testing.assert_allclose(here, inside, atol=1e-5)


def test_no_window_has_no_events() -> None:
    assert events_in_windows([]).shape == (0, len(EVENTS), 0)
    assert events_in_windows([(np.zeros((5, 3)), [])]).shape[0] == 0
    assert events_in_windows([(np.zeros((5, 0)), [0, 1])]).shape == (2, len(EVENTS), 0)


def test_rows_of_events_are_those_of_the_windows(surveyed, smallest) -> None:
    """A batch's events are of its windows that are there, in their order."""
    recipe = smallest(pretrain={**BESIDE_PHYSIOLOGY, "augment": False})
    batches = ContrastBatches(surveyed.cohort, surveyed.found.visits, recipe).training()
    (chosen, *_), (batch, *_) = (
        list(batches.choose(generator(0, "batches"))),
        list(batches.epoch(generator(0, "batches"))),
    )
    assert len(batch.events) == batch.windows.window_mask.sum() == len(batch.windows.signals[0])
    row = len(chosen.windows[0])  # the first window of the second visit
    times = known_events(surveyed.cohort, chosen.visits[1].recording.recording_id)
    alone = events_in_windows([(times, chosen.windows[1][:1])])[0]
    there = batch.events[row][:, : alone.shape[1]]
    torch.testing.assert_close(there, alone, equal_nan=True)
