"""The loop by itself, on objectives of one number."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.training import training_log
from fetal_hemo.training.checkpoint import History
from fetal_hemo.training.feed import Feed
from fetal_hemo.training.fit import Loop
from fetal_hemo.training.run_folder import LOG, METRICS, RunFolder
from fetal_hemo.training.schedule import Schedule
from fetal_hemo.training.training_log import EPOCHS, PLOT, STEPS, TrainingLog


class Quartic(nn.Module):
    """The loss w^4, whose steps grow without end at a large learning rate; it tells its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(1.0))
        self.told: list[str] = []

    def begin_epoch(self, epoch: int) -> None:
        self.told.append(f"epoch {epoch}")

    def after_step(self) -> None:
        self.told.append("step")

    def forward(self, batch: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        noise = torch.rand((), generator=generator)
        return {"quartic": self.weight**4 + 0 * noise, "seen": 0 * self.weight + batch}


def run(path: Path, rate: float = 0.01, **more: Any) -> tuple[Quartic, History]:
    """Three epochs of two steps; the objective and the history."""
    made = loop(path, rate, **more)
    return made.objective, made.run_all()


def loop(path: Path, rate: float = 0.01, checkpoint_s: float = 1e6, **more: Any) -> Loop:
    path.mkdir(exist_ok=True)
    objective, folder = Quartic(), RunFolder(path, {})
    optimizer = torch.optim.AdamW(objective.parameters(), rate)
    if rate > 1:
        optimizer = torch.optim.SGD(objective.parameters(), rate)
    feed = Feed(lambda draw: torch.rand(2, generator=draw), lambda number: number, 2)
    stops = more.pop("after_epoch", lambda history, row: False)
    log, schedule = TrainingLog(folder), Schedule(3, 2, 0)
    return Loop(folder, objective, optimizer, feed, schedule, stops, checkpoint_s, log, **more)


def test_training_that_leaves_the_finite_numbers_stops_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(FetalHemoError) as caught:
        run(tmp_path, 1e12)
    line = caught.value.line()
    assert line.startswith("E-DIVERGED: no finite number any more: loss, quartic")
    assert "learning rate" in line
    assert caught.value.exit_status == 2
    assert not (tmp_path / METRICS).exists()


def test_gradient_norm_is_that_before_clipping(tmp_path: Path) -> None:
    _, history = run(tmp_path, 0.0)
    assert [row["gradient_norm"] for row in history] == [4.0, 4.0, 4.0]
    assert json.loads((tmp_path / METRICS).read_text())["epochs"] == history


def test_epochs_and_steps_are_told_in_order(tmp_path: Path) -> None:
    objective, _ = run(tmp_path)
    once = ["step", "step"]
    assert objective.told == ["epoch 1", *once, "epoch 2", *once, "epoch 3", *once]


def test_files_hold_every_step_and_every_epoch(tmp_path: Path) -> None:
    _, history = run(tmp_path)
    steps = [json.loads(line) for line in (tmp_path / STEPS).read_text().splitlines()]
    assert [(row["step"], row["epoch"]) for row in steps] == [(i, i // 2 + 1) for i in range(6)]
    assert steps[0]["learning_rate"] == 0.01 > steps[5]["learning_rate"] > 0
    rows = list(csv.DictReader((tmp_path / EPOCHS).open()))
    for row, kept in zip(rows, history, strict=True):
        assert float(row["loss"]) == kept["loss"]
        assert float(row["loss"]) == pytest.approx(
            sum(s["loss"] for s in steps if s["epoch"] == kept["epoch"]) / 2
        )
    assert (tmp_path / LOG).read_text().count("waiting for data") == 3
    assert "Loss over 3 epochs" in (tmp_path / PLOT).read_text()


def test_losses_are_drawn_while_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_log, "PLOT_S", 0.0)
    seen: list[str] = []

    def look(history: History, row: dict[str, Any]) -> bool:
        if history:
            seen.append((tmp_path / PLOT).read_text())
        return False

    run(tmp_path, after_epoch=look)
    assert ["over 1 epochs" in seen[0], "over 2 epochs" in seen[1]] == [True, True]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Quartic, History]:
    """A run that nobody stopped."""
    return run(tmp_path_factory.mktemp("whole"))


@pytest.mark.parametrize("stopped_at", range(6))
def test_stopped_before_any_step_it_goes_on_with_the_same_bits(
    tmp_path: Path, stopped_at: int, whole: tuple[Quartic, History]
) -> None:
    objective, history = whole

    def interrupt(done: int, total: int) -> None:
        if done == stopped_at:
            raise KeyboardInterrupt

    with pytest.raises(FetalHemoError, match="E-INTERRUPTED"):
        run(tmp_path / "cut", checkpoint_s=0.0, progress=interrupt)
    with (tmp_path / "cut" / STEPS).open("a") as file:
        file.write('{"step": 99')  # as a killed process may leave it
    rest = loop(tmp_path / "cut", checkpoint_s=0.0)
    assert rest.step == stopped_at
    assert rest.run_all() == history
    assert torch.equal(rest.objective.weight, objective.weight)
    assert rest.objective.told.count("step") == 6 - stopped_at
    steps = [json.loads(line)["step"] for line in (tmp_path / "cut" / STEPS).open()]
    assert steps == list(range(6))


def test_an_epoch_that_says_stop_is_the_last(tmp_path: Path) -> None:
    _, history = run(tmp_path, after_epoch=lambda history, row: len(history) == 1)
    assert [row["stop"] for row in history] == [False, True]
    again = loop(tmp_path)
    assert again.finished
    assert again.run_all() == history
