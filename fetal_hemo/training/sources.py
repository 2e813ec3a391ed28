"""Where batches come from: sound that is decoded each time, or signals that were heard once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fetal_hemo.progress import Progress
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.batches import EVERY, Batch, Chosen, choose, load_chosen
from fetal_hemo.training.feed import ahead
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.survey import Visit
from fetal_hemo.training.world import own

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


def one_by_one(source: Source, visits: Sequence[Visit], progress: Progress) -> Iterator[Batch]:
    """A `Batch` of each visit that is this process's own, with all of its usable windows."""
    mine = visits[own(len(visits))]
    chosen = (choose([visit], len(visit.usable), None) for visit in mine)
    for done, batch in enumerate(ahead(chosen, source.load)):
        progress(done, len(mine))
        yield batch
    progress(len(mine), len(mine))
