"""Visits as columns of whole numbers, and the rows of batches that are made of them."""

from __future__ import annotations

import torch

from fetal_hemo.contrast import PairRule, find_pairs
from fetal_hemo.contrast.columns import UNKNOWN
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.visit_columns import CohortColumns, row_columns, view_columns


def visit(name: str, woman: str, visit_id: str, bpm: float | None = None, **facts) -> Visit:
    recording = Recording(name, woman, visit_id, "x.flac", **facts)
    return Visit(recording, 0, (0, 1), 0, 0, 2, (1.0, 0.0, 0.0, 0.0, 0.0), bpm, None, None)


VISITS = (
    visit("R1", "A", "V1", 139.0, gestational_age_days=200, sbp_mmhg=120.0, dbp_mmhg=80.0),
    visit("R2", "A", "V1", 131.0, gestational_age_days=200, device_id="x"),
    visit("R3", "A", "V2", None, gestational_age_days=215, device_id="x", sbp_mmhg=150.0),
    visit("R4", "B", "V1", 140.0, device_id="y", sbp_mmhg=110.0, dbp_mmhg=70.0),
)
COLUMNS = CohortColumns(VISITS, load_recipe().pairs)


def test_a_visit_id_is_that_of_its_woman() -> None:
    found = COLUMNS.of(VISITS)
    assert found.woman[0] == found.woman[1] == found.woman[2] != found.woman[3]
    assert found.visit[0] == found.visit[1]
    assert len(found.visit.unique()) == 3  # "V1" of A and "V1" of B are two visits


def test_what_is_not_known_is_like_nothing() -> None:
    found = COLUMNS.of(VISITS)
    assert (found.device == UNKNOWN).tolist() == [True, False, False, False]
    assert (found.heart_rate == UNKNOWN).tolist() == [False, False, True, False]
    assert found.heart_rate[0] == found.heart_rate[1] != found.heart_rate[3]
    assert found.gestational_age[0] == found.gestational_age[1] != found.gestational_age[2]
    assert found.gestational_age[3] == UNKNOWN
    assert found.pressures.isnan().tolist() == [[False] * 2, [True] * 2, [False, True], [False] * 2]


def test_a_batch_takes_its_rows_in_its_order() -> None:
    whole, part = COLUMNS.of(VISITS), COLUMNS.of((VISITS[3], VISITS[0]))
    for name in ("woman", "visit", "device", "gestational_age", "heart_rate"):
        assert getattr(part, name).tolist() == getattr(whole, name)[[3, 0]].tolist()


def test_windows_with_one_number_in_two_recordings_of_a_visit_are_two_windows() -> None:
    rows = row_columns(COLUMNS.of(VISITS), torch.tensor([0, 0, 1, 1, 3]))
    found = find_pairs(rows, PairRule("visit"))
    assert found.positive.sum(dim=1).tolist() == [3, 3, 3, 3, 0]
    assert find_pairs(rows, PairRule("window")).positive.sum() == 0


def test_every_view_of_every_copy_is_a_row() -> None:
    windows = row_columns(COLUMNS.of(VISITS), torch.tensor([0, 1, 3]))
    rows = view_columns(windows, copies=2, views=3)
    numbered = torch.arange(18).reshape(2, 3, 3)  # copy, window, view
    assert rows.view.tolist() == [0, 1, 2] * 6
    alike = find_pairs(rows, PairRule("window")).positive
    for copy, window, view in ((0, 0, 0), (1, 2, 1)):
        row = int(numbered[copy, window, view])
        assert set(alike[row].nonzero().flatten().tolist()) == set(
            numbered[:, window].flatten().tolist()
        ) - {row}
    other_views = find_pairs(rows, PairRule("view")).positive
    assert set(other_views.sum(dim=1).tolist()) == {4}
