"""The loop by itself, on objectives of one number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.training.fit import fit
from fetal_hemo.training.run_folder import METRICS, RunFolder


class Quartic(nn.Module):
    """The loss w^4, whose steps grow without end at a large learning rate."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(1.0))

    def forward(self, batch: object, generator: torch.Generator) -> dict[str, Tensor]:
        return {"quartic": self.weight**4}


def run(path: Path, rate: float, **more):
    """Three epochs of two steps; the objective and the history."""
    objective = Quartic()
    optimizer = torch.optim.SGD(objective.parameters(), rate)
    settings = {"epochs": 3, "steps_per_epoch": 2, "warmup_epochs": 0, "seed": 0}
    history = fit(
        RunFolder(path, {}),
        objective,
        optimizer,
        lambda draw: [None, None],
        after_epoch=lambda history, row: False,
        **settings,
        **more,
    )
    return objective, history


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
    told: list[str] = []
    run(
        tmp_path,
        0.01,
        before_epoch=lambda epoch: told.append(f"epoch {epoch}"),
        after_step=lambda: told.append("step"),
    )
    assert told == ["epoch 1", "step", "step", "epoch 2", "step", "step", "epoch 3", "step", "step"]
