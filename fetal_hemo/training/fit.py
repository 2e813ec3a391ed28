"""The loop: batches -> losses -> step, epoch by epoch, resumable after any of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.training.batches import Batch
from fetal_hemo.training.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.run_folder import METRICS, RunFolder
from fetal_hemo.training.schedule import warmup_cosine

GRADIENT_NORM = 5.0
History = list[dict[str, Any]]


def fit(
    run: RunFolder,
    objective: nn.Module,
    optimizer: torch.optim.Optimizer,
    batches: Callable[[torch.Generator], Iterable[Batch]],
    *,
    epochs: int,
    steps_per_epoch: int,
    warmup_epochs: int,
    seed: int,
    after_epoch: Callable[[History, dict[str, Any]], bool],
    progress: Progress = silent,
) -> History:
    """The history, one dict for each epoch; the objective is trained in place.

    `after_epoch` adds to the epoch's row and says whether to stop. A checkpoint follows every
    epoch and all randomness comes from (seed, epoch), so an interrupted run that is resumed ends
    with the same bits. Raises E-INTERRUPTED after Ctrl-C.
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
    objective: nn.Module, optimizer: torch.optim.Optimizer, batch: Batch, draw: torch.Generator
) -> dict[str, float]:
    losses: dict[str, Tensor] = objective(batch, draw)
    total = torch.stack(list(losses.values())).sum()
    optimizer.zero_grad(set_to_none=True)
    total.backward()
    nn.utils.clip_grad_norm_(objective.parameters(), GRADIENT_NORM)
    optimizer.step()
    return {"loss": float(total.detach())} | {k: float(v.detach()) for k, v in losses.items()}


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def _line(row: dict[str, Any], seconds: float) -> str:
    shown = (f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items())
    return f"{', '.join(shown)}, {seconds:.1f} s"
