"""What an interrupted run needs to go on as if nothing had happened (safetensors only)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.store import write_atomically

CHECKPOINT = "checkpoint.safetensors"


def save_checkpoint(
    path: Path, module: nn.Module, optimizer: torch.optim.Optimizer, history: list[dict[str, Any]]
) -> None:
    """Write weights, optimizer moments and the history of finished epochs. Raises E-STORAGE."""
    tensors = {f"module.{name}": tensor for name, tensor in module.state_dict().items()}
    for index, moments in optimizer.state_dict()["state"].items():
        for name, value in moments.items():
            tensors[f"optimizer.{index}.{name}"] = value
    contiguous = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    write_atomically(path, save(contiguous, {"history": json.dumps(history)}))


def load_checkpoint(
    path: Path, module: nn.Module, optimizer: torch.optim.Optimizer
) -> list[dict[str, Any]]:
    """The history of finished epochs; module and optimizer are put back to their end.

    Raises E-RUN where the checkpoint is of another kind of module.
    """
    with safe_open(str(path), framework="pt") as file:
        names = file.keys()
        tensors = {name: file.get_tensor(name) for name in names}
        history: list[dict[str, Any]] = json.loads(file.metadata()["history"])
    try:
        module.load_state_dict(_under("module.", tensors))
    except RuntimeError:
        what = "the interrupted run was made by another version"
        raise FetalHemoError("E-RUN", what, str(path), "start a new run") from None
    moments: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _under("optimizer.", tensors).items():
        index, field = name.split(".", 1)
        moments.setdefault(int(index), {})[field] = tensor
    state = optimizer.state_dict()
    optimizer.load_state_dict({**state, "state": moments})
    return history


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
