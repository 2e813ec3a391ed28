"""The loop: batches -> losses -> step, epoch by epoch, resumable after any epoch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.training.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from fetal_hemo.training.finite import require_finite
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.run_folder import METRICS, RunFolder
from fetal_hemo.training.schedule import warmup_cosine

GRADIENT_NORM = 5.0
History = list[dict[str, Any]]


def nothing(*_: int) -> None:
    """Do nothing: before an epoch, or after a step."""


def fit(
    run: RunFolder,
    objective: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Callable[[torch.Generator], Iterable[object]],
    *,
    epochs: int,
    steps_per_epoch: int,
    warmup_epochs: int,
    seed: int,
    after_epoch: Callable[[History, dict[str, Any]], bool],
    before_epoch: Callable[[int], None] = nothing,
    after_step: Callable[[], None] = nothing,
    progress: Progress = silent,
) -> History:
    """The history, one dict for each epoch; the objective is trained in place.

    `after_epoch` adds to the epoch's row and says whether to stop; `before_epoch` is called with
    1, 2, ... A checkpoint follows every epoch and all randomness comes from (seed, epoch), so an
    interrupted run that is resumed ends with the same bits, if all that it learns is in the
    objective's state. Raises E-INTERRUPTED after Ctrl-C, and E-DIVERGED.
    """
    checkpoint = run.path / CHECKPOINT
    rates = [group["lr"] for group in optimizer.param_groups]
    history: History = []
    if checkpoint.exists():
        history = load_checkpoint(checkpoint, objective, optimizer)
    try:
        while len(history) < epochs and not (history and history[-1]["stop"]):
            start, epoch = time.monotonic(), len(history)
            draw = generator(seed, "epoch", epoch)
            objective.train()
            before_epoch(epoch + 1)
            rows = []
            for step, batch in enumerate(batches(draw)):
                progress(epoch * steps_per_epoch + step, epochs * steps_per_epoch)
                now = epoch * steps_per_epoch + step
                factor = warmup_cosine(
                    now, warmup_epochs * steps_per_epoch, epochs * steps_per_epoch
                )
                for group, rate in zip(optimizer.param_groups, rates, strict=True):
                    group["lr"] = rate * factor
                rows.append(_step(objective, optimizer, batch, draw))
                after_step()
            row: dict[str, Any] = {"epoch": epoch + 1, **_mean(rows)}
            row["stop"] = after_epoch(history, row)
            history.append(row)
            save_checkpoint(checkpoint, objective, optimizer, history)
            run.write_json(METRICS, {"epochs": history})
            run.log(_line(row, time.monotonic() - start))
    except KeyboardInterrupt:
        what = f"stopped after {len(history)} of {epochs} epochs"
        run.log(what)
        fix = "run the same command with --resume to go on"
        raise FetalHemoError("E-INTERRUPTED", what, str(run.path), fix) from None
    progress(epochs * steps_per_epoch, epochs * steps_per_epoch)
    return history


def _step(
    objective: nn.Module, optimizer: torch.optim.Optimizer, batch: object, draw: torch.Generator
) -> dict[str, float]:
    losses: dict[str, Tensor] = objective(batch, draw)
    total = torch.stack(list(losses.values())).sum()
    found = {"loss": float(total.detach())} | {k: float(v.detach()) for k, v in losses.items()}
    require_finite(found)
    optimizer.zero_grad(set_to_none=True)
    total.backward()
    norm = nn.utils.clip_grad_norm_(objective.parameters(), GRADIENT_NORM)
    optimizer.step()
    return found | {"gradient_norm": float(norm)}


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def _line(row: dict[str, Any], seconds: float) -> str:
    shown = (f"{name} {_said(value)}" for name, value in row.items())
    return f"{', '.join(shown)}, {seconds:.1f} s"


def _said(value: Any) -> str:
    if isinstance(value, list):
        return f"[{' '.join(_said(item) for item in value)}]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
