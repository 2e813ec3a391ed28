"""What is seen after every epoch: diagnostics, and a warning where a space has collapsed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from fetal_hemo.contrast import diagnose
from fetal_hemo.contrast.collapse import SIGNS
from fetal_hemo.report.diagnosis_plot import diagnosis_plot
from fetal_hemo.training.run_folder import LOG, METRICS
from fetal_hemo.training.training_log import EPOCHS
from fetal_hemo.training.watch import ENOUGH_ROWS, Watched


def test_diagnostics_of_every_epoch_are_in_metrics_and_log(trained, smallest, tmp_path) -> None:
    said: list[str] = []
    trained(tmp_path / "run", smallest(), say=said.append)
    epochs = json.loads((tmp_path / "run" / METRICS).read_text())["epochs"]
    log = (tmp_path / "run" / LOG).read_text()
    assert len(epochs) == len([line for line in said if line.startswith("epoch ")]) == 2
    for row in epochs:
        assert sum(row["rows"]) == 12  # windows of six visits
        assert sum(row["visit_rows"]) == 6
        assert 0 <= row["alignment"] <= 4
        assert row["uniformity"] < 0
        assert 1 <= row["effective_rank"] <= row["largest_rank"] == 8
        assert row["visit_largest_rank"] == 5
        assert sum(row["visit_prototype_use"]) == pytest.approx(1.0)
        assert len(row["sample_alignment"]) == len(row["class_consistency"]) == 4
        assert 0 <= row["woman_found"] <= 1
        assert 0 <= row["view_recall_1"] <= row["view_recall_5"] <= 1
        assert 0 < row["visit_dispersion"] < 2
        assert f"uniformity {row['uniformity']:.4g}" in log
    assert epochs[0]["collapse"] is None
    columns = (tmp_path / "run" / EPOCHS).read_text().splitlines()[0].split(",")
    assert {"view_recall_1", "view_recall_5", "visit_dispersion"} <= set(columns)
    drawn = diagnosis_plot(epochs)
    assert drawn is not None
    assert f"view recall 5 {epochs[-1]['view_recall_5']:.2g}" in drawn


def test_without_windows_in_pairs_nothing_is_said_of_their_agreement(
    trained, smallest, tmp_path: Path
) -> None:
    alone = {"pretrain": {"view_loss": "pairs", "windows_per_visit": 1}}
    one_view = {"model": {"views": ["rhythm"]}, "pretrain": {"view_loss": "pairs"}}
    _, of_one_window = trained(tmp_path / "window", smallest(**alone))
    _, of_one_view = trained(tmp_path / "view", smallest(**one_view))
    _, of_visits = trained(tmp_path / "visits", smallest(pretrain={"view_loss": "off"}))
    assert of_one_window[0]["visit_dispersion"] is None
    assert of_one_window[0]["view_recall_1"] is not None
    assert of_one_view[0]["view_recall_1"] is of_one_view[0]["view_recall_5"] is None
    assert of_one_view[0]["visit_dispersion"] is not None
    assert "view_recall_1" not in of_visits[0]


def test_an_encoder_that_says_the_same_of_everybody_is_warned_of(
    trained, smallest, tmp_path: Path
) -> None:
    said: list[str] = []
    choices = {"epochs": 4, "visit_loss": "off", "windows_per_visit": 3, "learning_rate": 1.0}
    _, history = trained(tmp_path / "run", smallest(pretrain=choices), say=said.append)
    log = (tmp_path / "run" / LOG).read_text()
    causes = [row["collapse"] for row in history]
    assert causes[0] is None  # an untrained encoder looks like that too
    assert causes[1] in {sign.cause for sign in SIGNS}
    assert causes[1:] == causes[1:2] * 3
    warnings = [line for line in said if line.startswith("warning: ")]
    assert len(warnings) == 1  # once, not in every epoch
    assert warnings[0].startswith(f"warning: epoch 3: {causes[1]}: ")
    assert warnings[0] in log


def test_of_few_rows_nothing_is_said() -> None:
    point, number = torch.ones(ENOUGH_ROWS, 4), torch.arange(ENOUGH_ROWS)
    seen = Watched({}, diagnose(point, point, number % 4, number, number, 4), ENOUGH_ROWS)
    warning = seen.warning(0.1)
    assert warning is not None
    assert warning.cause == "one point"
    assert seen._replace(rows=ENOUGH_ROWS - 1).warning(0.1) is None


def test_where_windows_are_spread_visits_are_asked_for_their_prototypes_alone() -> None:
    rows = 4 * ENOUGH_ROWS
    first, second = torch.randn(2, rows, 8, generator=torch.Generator().manual_seed(0))
    number = torch.arange(rows)
    windows = diagnose(first, first + 0.3 * second, number % 4, number // 2, number, 4)
    point, points = torch.ones(rows, 4), torch.eye(4)
    visits = diagnose(point, point, number % 4, number // 2, number, 4)
    assert Watched({}, windows, rows, visits).warning(0.1) is None
    one_for_all = diagnose(point + points[0], point, number % 4, number // 2, number, 4, points)
    warning = Watched({}, windows, rows, one_for_all).warning(0.1)
    assert warning is not None
    assert warning.cause == "prototypes"
