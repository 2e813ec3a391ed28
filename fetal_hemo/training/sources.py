"""Where batches come from: sound that is decoded each time, or signals that were heard once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.batches import EVERY, Batch, Chosen, load_chosen
from fetal_hemo.training.kept_signals import KeptSignals

SIGNALS = "signals"  # folder of a run that is there while it trains without augmentation


class Source(Protocol):
    """Loads what was chosen."""

    def load(self, chosen: Chosen, mine: slice = EVERY) -> Batch:
        """The `Batch`, with the samples or signals of those of its visits that are `mine`."""
        ...


@dataclass(frozen=True)
class Sound:
    """Batches with samples, decoded from the cohort's files."""

    cohort: Cohort

    def load(self, chosen: Chosen, mine: slice = EVERY) -> Batch:
        """The `Batch` with samples."""
        return load_chosen(self.cohort, chosen, mine)


def source_of(cohort: Cohort, augment: bool, folder: Path | None) -> Source:
    """What training loads from: sound, to be augmented; or its signals, kept in `folder` if any."""
    return Sound(cohort) if augment else KeptSignals(cohort, folder)
