"""After every epoch of pretraining: validation women are looked at, and a person is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.checkpoint import History
from fetal_hemo.training.contrast_batches import ContrastBatches
from fetal_hemo.training.contrastive import ContrastiveObjective
from fetal_hemo.training.early_stop import EarlyStop
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.run_folder import RunFolder
from fetal_hemo.training.sources import Source
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.watch import Watched, watch

Say = Callable[[str], None]  # called with a line for a person to read


def unsaid(line: str) -> None:
    """Say nothing: the default when training is called as a function."""


@dataclass
class Watcher:
    """Adds to an epoch's row what validation women show; says when a space has collapsed."""

    run: RunFolder
    cohort: Cohort
    visits: Sequence[Visit]
    recipe: Recipe
    objective: ContrastiveObjective
    say: Say
    stop: EarlyStop | None = None
    source: Source | None = None

    def __post_init__(self) -> None:
        self.batches = ContrastBatches(self.cohort, self.visits, self.recipe, self.source)

    def after_epoch(self, history: History, row: dict[str, Any]) -> bool:
        """Whether to stop; the row gets losses, diagnostics and `collapse`. Raises E-DIVERGED."""
        draw = generator(self.recipe.pretrain.seed, "watch")  # the same draws after every epoch
        seen = watch(self.objective, self.batches.each_once(draw), draw, row["gradient_norm"])
        row |= seen.to_row()
        row["validation_loss"] = sum(seen.losses.values())
        self._tell(f"epoch {row['epoch']}: loss {row['loss']:.3f}, {seen.summary()}")
        self._warn(history, row, seen)
        return self.stop is not None and self.stop.judge(history, row)

    def _warn(self, history: History, row: dict[str, Any], seen: Watched) -> None:
        """Said when it is seen for the second time in a row: a young encoder looks collapsed."""
        warning = seen.warning(self.recipe.pretrain.temperature) if history else None
        row["collapse"] = None if warning is None else warning.cause
        past = [None, *(earlier["collapse"] for earlier in history)]
        if warning is not None and past[-1] == warning.cause != past[-2]:
            text = f"warning: epoch {row['epoch']}: {warning.cause}: {warning.text}"
            self._tell(text)
            self.run.log(text)

    def _tell(self, text: str) -> None:
        if self.run.writes:
            self.say(text)
