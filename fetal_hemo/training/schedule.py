"""How long a run is, and the learning rate over its steps: warm-up, then half a cosine to zero."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """Length of a run in epochs and steps, and how it begins; `seed` is that of its randomness."""

    epochs: int
    steps_per_epoch: int
    seed: int
    warmup_epochs: int = 0

    @property
    def steps(self) -> int:
        """All steps of the run."""
        return self.epochs * self.steps_per_epoch

    def rate_factor(self, step: int) -> float:
        """Share of the learning rate at step 0, 1, ... of the run."""
        return warmup_cosine(step, self.warmup_epochs * self.steps_per_epoch, self.steps)


def warmup_cosine(step: int, warmup_steps: int, total_steps: int) -> float:
    """Factor 0 to 1 for step 0, 1, ... (Loshchilov & Hutter 2017, without restarts)."""
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    passed = (step - warmup_steps) / max(total_steps - warmup_steps, 1)
    return 0.5 * (1.0 + math.cos(math.pi * min(passed, 1.0)))
