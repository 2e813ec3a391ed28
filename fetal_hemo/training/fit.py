"""The loop: batches -> losses -> step, resumable after any step with the same bits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.training.checkpoint import (
    CHECKPOINT,
    History,
    Position,
    load_checkpoint,
    save_checkpoint,
)
from fetal_hemo.training.feed import Feed
from fetal_hemo.training.finite import require_finite
from fetal_hemo.training.global_norm import with_global_norm
from fetal_hemo.training.objective import Objective
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.run_folder import RunFolder
from fetal_hemo.training.schedule import Schedule
from fetal_hemo.training.training_log import TrainingLog
from fetal_hemo.training.world import average_gradients, rank, wait_for_all

GRADIENT_NORM = 5.0
AfterEpoch = Callable[[History, dict[str, Any]], bool]


@dataclass
class Loop:
    """A training in progress; `after_epoch` adds to the epoch's row and says whether to stop.

    All randomness follows from (seed, purpose, epoch or step), so what is resumed from a checkpoint
    ends with the same bits, if all that it learns is in the objective's state.
    """

    run: RunFolder
    objective: Objective
    optimizer: torch.optim.Optimizer
    feed: Feed[Any, Any]
    schedule: Schedule
    after_epoch: AfterEpoch
    checkpoint_s: float
    log: TrainingLog
    progress: Progress = silent
    position: Position = field(default_factory=Position)

    def __post_init__(self) -> None:
        with_global_norm(self.objective)
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        path = self.run.path / CHECKPOINT
        if path.exists():
            self.position = load_checkpoint(path, self.objective, self.optimizer)
        self.saved = time.monotonic()
        wait_for_all()  # before the first process writes another

    @property
    def step(self) -> int:
        """Number of the next step of the run."""
        return len(self.position.history) * self.schedule.steps_per_epoch + len(self.position.steps)

    @property
    def finished(self) -> bool:
        """Whether all epochs are done or one of them said to stop."""
        history = self.position.history
        return len(history) >= self.schedule.epochs or bool(history and history[-1]["stop"])

    def run_all(self) -> History:
        """The history, one dict for each epoch. Raises E-INTERRUPTED after Ctrl-C, E-DIVERGED."""
        self.log.begin(self.step, self.position.history)
        try:
            while not self.finished:
                self._epoch()
        except KeyboardInterrupt:
            raise self._interrupted() from None
        finally:
            self.log.close()
        self.progress(self.schedule.steps, self.schedule.steps)
        return self.position.history

    def _epoch(self) -> None:
        history, epoch = self.position.history, len(self.position.history)
        self.objective.train()
        self.objective.begin_epoch(epoch + 1)
        draw = generator(self.schedule.seed, "batches", epoch)
        for batch in timed(self.feed.epoch(draw, len(self.position.steps)), self.log):
            self._train_on(batch)
            if time.monotonic() - self.saved >= self.checkpoint_s:
                self._save()
        row: dict[str, Any] = {"epoch": epoch + 1, **_mean(self.position.steps)}
        row["stop"] = self.after_epoch(history, row)
        history.append(row)
        self.position.steps.clear()
        self._save()
        self.log.epoch(history)

    def _train_on(self, batch: object) -> None:
        step = self.step
        self.progress(step, self.schedule.steps)
        factor = self.schedule.rate_factor(step)
        for group, rate in zip(self.optimizer.param_groups, self.rates, strict=True):
            group["lr"] = rate * factor
        draw = generator(self.schedule.seed, "step", step)
        row = take_step(self.objective, self.optimizer, batch, draw)
        self.objective.after_step()
        self.position.steps.append(row)
        self.log.step(step, len(self.position.history) + 1, row, self.rates[0] * factor)

    def _save(self) -> None:
        if rank() == 0:
            path = self.run.path / CHECKPOINT
            self.log.sync()  # before it: going on adds the lines that come after it alone
            save_checkpoint(path, self.objective, self.optimizer, self.position)
        self.saved = time.monotonic()

    def _interrupted(self) -> FetalHemoError:
        done = len(self.position.history)
        what = f"stopped after {done} of {self.schedule.epochs} epochs"
        self.run.log(what)
        fix = "run the same command with --resume to go on"
        return FetalHemoError("E-INTERRUPTED", what, str(self.run.path), fix)


def take_step(
    objective: nn.Module, optimizer: torch.optim.Optimizer, batch: object, draw: torch.Generator
) -> dict[str, float]:
    """The losses and the gradient norm of one step. Raises E-DIVERGED."""
    losses: dict[str, Tensor] = objective(batch, draw)
    total = torch.stack(list(losses.values())).sum()
    found = {"loss": float(total.detach())} | {k: float(v.detach()) for k, v in losses.items()}
    require_finite(found)
    optimizer.zero_grad(set_to_none=True)
    total.backward()
    average_gradients(objective.parameters())
    norm = nn.utils.clip_grad_norm_(objective.parameters(), GRADIENT_NORM)
    optimizer.step()
    return found | {"gradient_norm": float(norm)}


def timed(batches: Iterator[Any], log: TrainingLog) -> Iterator[Any]:
    """The same batches; the log is told how long each was waited for."""
    while True:
        start = time.monotonic()
        try:
            batch = next(batches)
        except StopIteration:
            return
        log.waited(time.monotonic() - start)
        yield batch


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
