"""What an interrupted run needs to go on as if nothing had happened (safetensors only)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from fetal_hemo.errors import FetalHemoError
from firmware_bridge.store import write_atomically

CHECKPOINT = "checkpoint.safetensors"
History = list[dict[str, Any]]


@dataclass
class Position:
    """Where a run is: the rows of finished epochs, and of the steps since the last of them."""

    history: History = field(default_factory=list)
    steps: list[dict[str, float]] = field(default_factory=list)


def save_checkpoint(
    path: Path, module: nn.Module, optimizer: torch.optim.Optimizer, position: Position
) -> None:
    """Write weights, optimizer moments and the `Position`. Raises E-STORAGE."""
    tensors = {f"module.{name}": tensor for name, tensor in module.state_dict().items()}
    for index, moments in optimizer.state_dict()["state"].items():
        for name, value in moments.items():
            tensors[f"optimizer.{index}.{name}"] = value
    contiguous = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    write_atomically(path, save(contiguous, {"position": json.dumps(asdict(position))}))


def load_checkpoint(path: Path, module: nn.Module, optimizer: torch.optim.Optimizer) -> Position:
    """The `Position` of a checkpoint; module and optimizer are put back to it.

    Raises E-RUN where it cannot be read, or is of another kind of module.
    """
    try:
        with safe_open(str(path), framework="pt") as file:
            names = file.keys()
            tensors = {name: file.get_tensor(name) for name in names}
            position = Position(**json.loads(file.metadata()["position"]))
        module.load_state_dict(_under("module.", tensors))
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError):
        what = "the interrupted run was made by another version"
        raise FetalHemoError("E-RUN", what, str(path), "start a new run") from None
    moments: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _under("optimizer.", tensors).items():
        index, key = name.split(".", 1)
        moments.setdefault(int(index), {})[key] = tensor
    state = optimizer.state_dict()
    optimizer.load_state_dict({**state, "state": moments})
    return position


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
