"""The best epoch's weights are kept, and waiting has an end."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from fetal_hemo.training.early_stop import BEST, EarlyStop
from fetal_hemo.training.run_folder import RunFolder


@pytest.mark.parametrize(
    ("patience", "losses", "stops"),
    [
        (2, [3.0, 2.0, 2.5, 2.0], [False, False, False, True]),  # as good is not better
        (1, [1.0, 2.0], [False, True]),
        (0, [1.0, 2.0, 3.0, 4.0], [False] * 4),
    ],
)
def test_stops_after_so_many_epochs_without_a_better_one(
    tmp_path: Path, patience: int, losses: list[float], stops: list[bool]
) -> None:
    module = nn.Linear(1, 1, bias=False)
    stop, history, said = EarlyStop(RunFolder(tmp_path, {}), module, patience), [], []
    for epoch, loss in enumerate(losses):
        nn.init.constant_(module.weight, float(epoch))
        row = {"validation_loss": loss}
        said.append(stop.judge(history, row))
        history.append(row)
    assert said == stops
    stop.take_best()
    assert float(module.weight.detach()) == losses.index(min(losses))


def test_a_process_that_does_not_write_takes_the_best_of_the_first(tmp_path: Path) -> None:
    modules = [nn.Linear(1, 1), nn.Linear(1, 1)]
    for module, writes in zip(modules, (False, True), strict=True):
        stop = EarlyStop(RunFolder(tmp_path, {}, writes=writes), module, 1)
        stop.judge([], {"validation_loss": 1.0})
        assert (tmp_path / BEST).exists() is writes
    EarlyStop(RunFolder(tmp_path, {}, writes=False), modules[0], 1).take_best()
    assert torch.equal(modules[0].weight, modules[1].weight)


def test_pretraining_stops_and_keeps_its_best_epoch(trained, smallest, tmp_path: Path) -> None:
    settings = {"epochs": 6, "patience": 1, "learning_rate": 0.5, "warmup_epochs": 0}
    objective, history = trained(tmp_path / "run", smallest(pretrain=settings))
    losses = [row["validation_loss"] for row in history]
    assert len(losses) < 6 or min(losses[-2:]) == min(losses)
    assert history[-1]["stop"] is (len(losses) < 6)
    best = EarlyStop(RunFolder(tmp_path / "run", {}), objective, 1)
    before = {name: value.clone() for name, value in objective.state_dict().items()}
    best.take_best()
    assert all(torch.equal(v, before[k]) for k, v in objective.state_dict().items())
