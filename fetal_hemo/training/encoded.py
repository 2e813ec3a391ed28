"""View embeddings of visits whose encoders stay as they are: computed once, kept in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from fetal_hemo.constants import VIEWS
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.progress import Progress, silent
from fetal_hemo.signals import Signals
from fetal_hemo.training.batches import EVERY, Batch, Chosen, without_samples
from fetal_hemo.training.sources import Source, one_by_one
from fetal_hemo.training.survey import BLOCK, Visit
from fetal_hemo.training.world import gather_rows, shares


@dataclass(frozen=True)
class EncodedVisits:
    """Batches with `view_embeddings`; `found` holds `(usable windows, views, dim)` by recording.

    Some 600 bytes a window: 90 kB for a visit of ten minutes.
    """

    found: Mapping[str, Tensor]

    def load(self, chosen: Chosen, mine: slice = EVERY) -> Batch:
        """The `Batch` with the view embeddings of all its visits, 0 where there is no window."""
        views = [
            self.found[visit.recording.recording_id][[visit.usable.index(w) for w in windows]]
            for visit, windows in zip(chosen.visits, chosen.windows, strict=True)
        ]
        padded = pad_sequence(views, batch_first=True)
        return without_samples(chosen, mine)._replace(view_embeddings=padded)


@torch.no_grad()
def encode_visits(
    model: ScreeningModel,
    source: Source,
    visits: Sequence[Visit],
    progress: Progress = silent,
) -> EncodedVisits:
    """`EncodedVisits`; processes that train together share the work, and each gets it all."""
    model.eval()
    mine = [view_embeddings(model, batch) for batch in one_by_one(source, visits, progress)]
    none = torch.zeros(0, len(VIEWS), model.size.embedding)  # more processes than visits
    windows = [len(visit.usable) for visit in visits]
    counts = [sum(windows[part]) for part in shares(len(visits))]
    every = gather_rows(torch.cat([none, *mine]), counts)
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
