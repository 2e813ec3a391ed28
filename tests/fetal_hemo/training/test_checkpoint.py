"""A checkpoint puts back everything, and says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.training.checkpoint import Position, load_checkpoint, save_checkpoint


def stepped(module: nn.Module) -> torch.optim.Optimizer:
    """The optimizer of a module that has taken one step."""
    optimizer = torch.optim.AdamW(module.parameters(), 0.1)
    module(torch.ones(2, 3)).sum().backward()
    optimizer.step()
    return optimizer


def test_weights_moments_and_history_come_back(tmp_path: Path) -> None:
    module = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    optimizer = stepped(module)
    position = Position([{"epoch": 1, "rows": [1, None]}], [{"loss": 0.1 + 0.2}])
    save_checkpoint(tmp_path / "c", module, optimizer, position)
    other = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    again = torch.optim.AdamW(other.parameters(), 0.1)
    assert load_checkpoint(tmp_path / "c", other, again) == position
    for name, value in module.state_dict().items():
        assert torch.equal(value, other.state_dict()[name])
    for index, moments in optimizer.state_dict()["state"].items():
        for name, value in moments.items():
            assert torch.equal(value, again.state_dict()["state"][index][name])


def test_another_kind_of_module_is_refused_in_one_line(tmp_path: Path) -> None:
    module = nn.Linear(3, 4)
    save_checkpoint(tmp_path / "c", module, stepped(module), Position())
    for other in (nn.Linear(3, 5), nn.Sequential(nn.Linear(3, 4))):
        optimizer = torch.optim.AdamW(other.parameters())
        with pytest.raises(FetalHemoError, match="E-RUN: the interrupted run was made by another"):
            load_checkpoint(tmp_path / "c", other, optimizer)


def test_what_is_no_checkpoint_is_refused_in_one_line(tmp_path: Path) -> None:
    module = nn.Linear(3, 4)
    for content in (b"", b"\x08\0\0\0\0\0\0\0{}      ", b"garbage" * 9):
        (tmp_path / "c").write_bytes(content)
        with pytest.raises(FetalHemoError, match="E-RUN"):
            load_checkpoint(tmp_path / "c", module, torch.optim.AdamW(module.parameters()))
