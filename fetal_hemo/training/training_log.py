"""What a person and a program can follow while a run trains: JSONL, CSV, plot, TensorBoard."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.report.training_plot import training_plot
from fetal_hemo.training.checkpoint import History
from fetal_hemo.training.grown_file import sync_grown
from fetal_hemo.training.run_folder import METRICS, RunFolder
from firmware_bridge.store import write_atomically

STEPS, EPOCHS, PLOT, BOARD = "steps.jsonl", "epochs.csv", "training.svg", "tensorboard"
PLOT_S = 10.0  # seconds between drawings


class TrainingLog:
    """Files of a run that grow with it; with `board` also scalars for TensorBoard.

    `steps.jsonl` holds a line for each step, `epochs.csv` a row for each epoch, `training.svg` the
    losses, drawn anew while the run goes on. Raises E-STORAGE, E-NEEDS-EXTRA without the package.
    """

    def __init__(self, run: RunFolder, board: bool = False) -> None:
        self.run = run
        self.steps: io.FileIO | None = None
        self.board = _board(run.path / BOARD) if board and run.writes else None
        self.epoch_started = self.drawn = time.monotonic()
        self.undrawn: History = []  # epochs, when the last of them is in no picture yet
        self.waiting = self.epoch_waiting = 0.0

    def begin(self, step: int, history: Sequence[dict[str, Any]] = ()) -> None:
        """Go on at a step, after the epochs of `history`: lines of steps to come are left out.

        Files of the last epoch are written anew: the run may have stopped before they were.
        """
        self.epoch_started = time.monotonic()
        self.undrawn = list(history)
        if not self.run.writes:
            return
        if history:
            self._write_epochs(history)
        path = self.run.path / STEPS
        kept = [line for line in _lines(path) if _step_of(line) < step]
        write_atomically(path, "".join(kept).encode())
        try:
            self.steps = path.open("ab", buffering=0)  # a line that was refused is not kept back
        except OSError as error:
            raise FetalHemoError("E-STORAGE", str(error.strerror), str(path)) from None

    def waited(self, seconds: float) -> None:
        """Tell how long the loop waited for its next batch."""
        self.waiting = seconds
        self.epoch_waiting += seconds

    def step(self, step: int, epoch: int, row: dict[str, float], learning_rate: float) -> None:
        """Write the line of a step."""
        if self.steps is None:
            return
        facts = {"step": step, "epoch": epoch, **row, "learning_rate": learning_rate}
        facts |= {"waited_s": round(self.waiting, 4), "time": round(time.time(), 3)}
        try:
            self.steps.write((json.dumps(facts) + "\n").encode())
        except OSError as error:
            raise FetalHemoError("E-STORAGE", str(error.strerror), str(self.run.path)) from None
        if self.board is not None:
            for name, value in row.items():
                self.board.add_scalar(f"step/{name}", value, step)

    def sync(self) -> None:
        """Have the lines of all steps so far survive a power cut, as a checkpoint counts on."""
        if self.steps is not None:
            sync_grown(self.run.path / STEPS)

    def epoch(self, history: History) -> None:
        """Write what is known after an epoch."""
        row, now = history[-1], time.monotonic()
        seconds, waited = now - self.epoch_started, self.epoch_waiting
        self.epoch_started, self.epoch_waiting = now, 0.0
        if not self.run.writes:
            return
        self._write_epochs(history)
        share = 100 * waited / max(seconds, 1e-9)
        self.run.log(f"{_line(row)}, {seconds:.1f} s, {share:.0f} % of it waiting for data")
        if self.board is not None:
            for name, value in _scalars(row).items():
                self.board.add_scalar(f"epoch/{name}", value, row["epoch"])
            self.board.flush()
        self.undrawn = list(history)
        if now - self.drawn >= PLOT_S:
            self._draw()

    def _write_epochs(self, history: Sequence[dict[str, Any]]) -> None:
        self.run.write_json(METRICS, {"epochs": history})
        write_atomically(self.run.path / EPOCHS, as_csv(history).encode())

    def _draw(self) -> None:
        picture = training_plot(self.undrawn)
        if picture is not None:
            write_atomically(self.run.path / PLOT, picture.encode())
        self.undrawn, self.drawn = [], time.monotonic()

    def close(self) -> None:
        """Close what is open, with the last epoch in the picture."""
        if self.undrawn:
            self._draw()
        for file in (self.steps, self.board):
            if file is not None:
                file.close()
        self.steps = self.board = None


def as_csv(history: Sequence[dict[str, Any]]) -> str:
    """CSV text with a row for each epoch; a list becomes a column for each of its numbers."""
    rows = [_flat(row) for row in history]
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, list):
            flat |= {f"{name}_{place}": item for place, item in enumerate(value)}
        else:
            flat[name] = value
    return flat


def _scalars(row: dict[str, Any]) -> dict[str, float]:
    kept = (int, float)
    return {name: value for name, value in _flat(row).items() if isinstance(value, kept)}


def _board(folder: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        what = "training.tensorboard is true and TensorBoard is not installed"
        fix = "pip install 'fetal-hemo[tensorboard]'"
        raise FetalHemoError("E-NEEDS-EXTRA", what, fix=fix) from None
    return SummaryWriter(str(folder))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []


def _step_of(line: str) -> float:
    """The step of a line; of a line that was cut short, one that is after all others."""
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return math.inf


def _line(row: dict[str, Any]) -> str:
    return ", ".join(f"{name} {_said(value)}" for name, value in row.items())


def _said(value: Any) -> str:
    if isinstance(value, list):
        return f"[{' '.join(_said(item) for item in value)}]"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
