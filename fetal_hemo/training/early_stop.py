"""The best epoch by the loss of validation women, its weights, and when to wait no longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import nn

from fetal_hemo.training.checkpoint import History
from fetal_hemo.training.run_folder import RunFolder
from firmware_bridge.store import write_atomically

BEST = "best.safetensors"


@dataclass(frozen=True)
class EarlyStop:
    """Keeps the weights of the epoch of lowest `validation_loss`; `patience` 0 never stops."""

    run: RunFolder
    module: nn.Module
    patience: int

    def judge(self, history: History, row: dict[str, Any]) -> bool:
        """Whether to stop after an epoch; a better one's weights are written. Raises E-STORAGE."""
        losses = [past["validation_loss"] for past in [*history, row]]
        best = int(np.argmin(losses))
        if best == len(losses) - 1 and self.run.writes:
            state = {k: v.contiguous() for k, v in self.module.state_dict().items()}
            write_atomically(self.run.path / BEST, save_tensors(state))
        return 0 < self.patience <= len(losses) - 1 - best

    def take_best(self) -> None:
        """Put the weights of the best epoch into the module."""
        self.module.load_state_dict(load_tensors((self.run.path / BEST).read_bytes()))
