"""Which visits and which of their windows stand together in a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from fetal_hemo.constants import WINDOW_S, WINDOW_SAMPLES
from fetal_hemo.recordings.audio import load_samples, windows_of
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.training.survey import Visit


class Batch(NamedTuple):
    """Windows of several visits; where `window_mask` is 0 there is none.

    `samples` (visits, windows, 15000), `start_s` and `window_mask` (visits, windows),
    `labels` (visits,) with -1 where there is no reading.
    """

    samples: Tensor
    start_s: Tensor
    window_mask: Tensor
    labels: Tensor


def load_batch(
    cohort: Cohort, visits: Sequence[Visit], most: int, generator: torch.Generator | None
) -> Batch:
    """A `Batch` of up to `most` usable windows of each visit, in order of time.

    They are drawn with the generator; without one they are spread evenly over the recording.
    """
    chosen = [_choose(visit.usable, most, generator) for visit in visits]
    longest = max(len(indices) for indices in chosen)
    size = (len(visits), longest)
    samples = torch.zeros(*size, WINDOW_SAMPLES)
    start_s, mask = torch.zeros(size), torch.zeros(size)
    for row, (visit, indices) in enumerate(zip(visits, chosen, strict=True)):
        path = cohort.audio_path(visit.recording)
        windows = windows_of(load_samples(path, visit.channel))
        samples[row, : len(indices)] = torch.from_numpy(windows[indices])
        start_s[row, : len(indices)] = (torch.tensor(indices) - visit.first) * WINDOW_S
        mask[row, : len(indices)] = 1.0
    return Batch(samples, start_s, mask, torch.tensor([visit.label for visit in visits]))


def _choose(usable: Sequence[int], most: int, generator: torch.Generator | None) -> list[int]:
    if len(usable) <= most:
        return list(usable)
    if generator is None:
        spread = np.linspace(0, len(usable) - 1, most).round().astype(int)
    else:
        spread = torch.randperm(len(usable), generator=generator)[:most].sort().values.numpy()
    return [usable[i] for i in spread]


def balanced_draws(
    visits: Sequence[Visit], size: int, generator: torch.Generator, per_woman: int = 1
) -> Iterator[list[Visit]]:
    """Lists of at most `size` visits, as many lists as the visits fill once.

    A visit is drawn with probability 1 / sqrt(visits of its class), between natural and equal
    shares of the classes; a woman has at most `per_woman` visits in a list, and comes with all of
    these. With one, no other visit of hers can be taken for a negative.
    """
    labels = torch.tensor([visit.label for visit in visits])
    count = torch.stack([(labels == label).sum() for label in labels]).float()
    weight = count.rsqrt()
    for _ in range(max(1, round(len(visits) / size))):
        order = torch.multinomial(weight, len(visits), generator=generator).tolist()
        women: dict[str, list[Visit]] = {}
        for index in order:
            women.setdefault(visits[index].recording.participant_id, []).append(visits[index])
        yield [visit for hers in women.values() for visit in hers[:per_woman]][:size]


def shuffled(
    visits: Sequence[Visit], size: int, generator: torch.Generator
) -> Iterator[list[Visit]]:
    """Every visit once, in lists of at most `size`; a last list of one visit joins another."""
    order = torch.randperm(len(visits), generator=generator).tolist()
    ends = list(range(size, len(order), size))
    if ends and len(order) - ends[-1] == 1:
        ends.pop()
    for start, end in zip([0, *ends], [*ends, len(order)], strict=True):
        yield [visits[i] for i in order[start:end]]
