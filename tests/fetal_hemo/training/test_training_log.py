"""What a program reads of a run in progress."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.training.run_folder import RunFolder
from fetal_hemo.training.training_log import BOARD, STEPS, TrainingLog, as_csv


def test_csv_has_a_column_for_every_number_of_a_list() -> None:
    text = as_csv([{"epoch": 1, "rows": [3, None], "loss": 0.1}, {"epoch": 2, "loss": 0.2}])
    assert text == "epoch,rows_0,rows_1,loss\n1,3,,0.1\n2,,,0.2\n"


def test_tensorboard_reads_the_losses_back(tmp_path: Path) -> None:
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    log = TrainingLog(RunFolder(tmp_path, {}), board=True)
    log.begin(0)
    for step in range(3):
        log.step(step, 1, {"loss": 0.5 - 0.125 * step}, 0.1)
    log.epoch([{"epoch": 1, "loss": 0.375, "use": [0.25, 0.75], "stop": False}])
    log.close()
    events = reader.EventAccumulator(str(tmp_path / BOARD))
    events.Reload()
    assert [e.value for e in events.Scalars("step/loss")] == [0.5, 0.375, 0.25]
    assert [(e.step, e.value) for e in events.Scalars("epoch/use_1")] == [(1, 0.75)]


def test_nothing_is_written_for_tensorboard_unasked(tmp_path: Path) -> None:
    log = TrainingLog(RunFolder(tmp_path, {}))
    log.begin(0)
    log.step(0, 1, {"loss": 0.5}, 0.1)
    log.close()
    assert {path.name for path in tmp_path.iterdir()} == {STEPS}


def test_without_the_package_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(FetalHemoError, match=r"E-NEEDS-EXTRA.*fetal-hemo\[tensorboard\]"):
        TrainingLog(RunFolder(tmp_path, {}), board=True)


def test_only_the_first_process_writes(tmp_path: Path) -> None:
    log = TrainingLog(RunFolder(tmp_path, {}, writes=False), board=True)
    log.begin(0)
    log.step(0, 1, {"loss": 0.5}, 0.1)
    log.epoch([{"epoch": 1, "loss": 0.5}])
    log.close()
    assert not list(tmp_path.iterdir())
