"""View embeddings of visits whose encoders stay as they are: computed once, kept in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.progress import Progress, silent
from fetal_hemo.signals import Signals
from fetal_hemo.training.batches import EVERY, Batch, Chosen, choose, without_samples
from fetal_hemo.training.feed import ahead
from fetal_hemo.training.sources import Source
from fetal_hemo.training.survey import BLOCK, Visit
from fetal_hemo.training.world import gather_rows, rank, shares


@dataclass(frozen=True)
class EncodedVisits:
    """Batches with `view_embeddings`; `found` holds `(usable windows, views, dim)` by recording.

    Some 600 bytes a window: 90 kB for a visit of ten minutes.
    """

    found: Mapping[str, Tensor]

    def load(self, chosen: Chosen, mine: slice = EVERY) -> Batch:
        """The `Batch` with the view embeddings of all its visits, 0 where there is no window."""
        batch = without_samples(chosen, mine)
        pairs = list(zip(chosen.visits, chosen.windows, strict=True))
        size = self.found[chosen.visits[0].recording.recording_id].shape[1:]
        views = torch.zeros(*batch.window_mask.shape, *size)
        for row, (visit, windows) in enumerate(pairs):
            places = [visit.usable.index(window) for window in windows]
            views[row, : len(windows)] = self.found[visit.recording.recording_id][places]
        return batch._replace(view_embeddings=views)


@torch.no_grad()
def encode_visits(
    model: ScreeningModel,
    source: Source,
    visits: Sequence[Visit],
    progress: Progress = silent,
) -> EncodedVisits:
    """`EncodedVisits`; processes that train together share the work, and each gets it all."""
    model.eval()
    parts = shares(len(visits))
    mine = visits[parts[rank()]]
    chosen = (choose([visit], len(visit.usable), None) for visit in mine)
    rows = [torch.zeros(0, *_size(model))]
    for done, batch in enumerate(ahead(chosen, source.load)):
        progress(done, len(mine))
        rows.append(view_embeddings(model, batch))
    progress(len(mine), len(mine))
    windows = [len(visit.usable) for visit in visits]
    every = gather_rows(torch.cat(rows), [sum(windows[part]) for part in parts])
    names = [visit.recording.recording_id for visit in visits]
    return EncodedVisits(dict(zip(names, every.split(windows), strict=True)))


@torch.no_grad()
def view_embeddings(model: ScreeningModel, batch: Batch) -> Tensor:
    """`(windows, views, dim)` of a batch of one visit, encoded in blocks."""
    if batch.view_embeddings is not None:
        return batch.view_embeddings[0]
    if batch.signals is None:
        heard = [model.front_end.for_encoders(block) for block in batch.samples[0].split(BLOCK)]
    else:
        parts = [field.split(BLOCK) for field in batch.signals]
        heard = [Signals(*block) for block in zip(*parts, strict=True)]
    return torch.cat([model.encode_views(part).embeddings for part in heard])


def _size(model: ScreeningModel) -> tuple[int, int]:
    return len(model.offered), model.size.embedding
