"""Which visits and which of their windows stand together in a batch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from fetal_hemo.constants import WINDOW_S, WINDOW_SAMPLES
from fetal_hemo.recordings.audio import read_windows
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.signals import Signals
from fetal_hemo.training.survey import Visit

EVERY = slice(None)


class Batch(NamedTuple):
    """Windows of several visits; where `window_mask` is 0 there is none.

    `start_s` and `window_mask` (visits, windows), `labels` (visits,) with -1 where there is no
    reading. `samples` (own visits, windows, 15000) are of the visits that this process encodes;
    `signals` of these visits' windows stand instead where they were heard before, and
    `view_embeddings` (visits, windows, views, dim) of all visits where they were encoded before.
    `teacher_logits` (visits, 4) are there where a larger network teaches.
    """

    samples: Tensor
    start_s: Tensor
    window_mask: Tensor
    labels: Tensor
    signals: Signals | None = None
    view_embeddings: Tensor | None = None
    teacher_logits: Tensor | None = None


class Chosen(NamedTuple):
    """Visits of a batch that is not loaded yet, and the windows of each, in order of time."""

    visits: tuple[Visit, ...]
    windows: tuple[list[int], ...]


def choose(visits: Sequence[Visit], most: int, generator: torch.Generator | None) -> Chosen:
    """Up to `most` usable windows of each visit.

    They are drawn with the generator; without one they are spread evenly over the recording.
    """
    windows = tuple(_choose(visit.usable, most, generator) for visit in visits)
    return Chosen(tuple(visits), windows)


def load_chosen(cohort: Cohort, chosen: Chosen, mine: slice = EVERY) -> Batch:
    """The `Batch` of what was chosen, with the samples of some of its visits."""
    batch = without_samples(chosen, mine)
    samples = np.zeros((*batch.samples.shape[:2], WINDOW_SAMPLES), np.float32)
    pairs = zip(chosen.visits[mine], chosen.windows[mine], strict=True)
    for row, (visit, indices) in enumerate(pairs):
        path = cohort.audio_path(visit.recording)
        samples[row, : len(indices)] = read_windows(path, visit.channel, indices)
    return batch._replace(samples=torch.from_numpy(samples))


def without_samples(chosen: Chosen, mine: slice) -> Batch:
    """The `Batch` of what was chosen; its samples are `(own visits, windows, 0)`."""
    longest = max(len(indices) for indices in chosen.windows)
    size = (len(chosen.visits), longest)
    start_s, mask = torch.zeros(size), torch.zeros(size)
    for row, (visit, indices) in enumerate(zip(chosen.visits, chosen.windows, strict=True)):
        start_s[row, : len(indices)] = (torch.tensor(indices) - visit.first) * WINDOW_S
        mask[row, : len(indices)] = 1.0
    labels = torch.tensor([visit.label for visit in chosen.visits])
    return Batch(torch.zeros(len(chosen.visits[mine]), longest, 0), start_s, mask, labels)


def load_batch(
    cohort: Cohort, visits: Sequence[Visit], most: int, generator: torch.Generator | None
) -> Batch:
    """The `Batch` of up to `most` usable windows of each visit, see `choose`."""
    return load_chosen(cohort, choose(visits, most, generator))


def _choose(usable: Sequence[int], most: int, generator: torch.Generator | None) -> list[int]:
    if len(usable) <= most:
        return list(usable)
    if generator is None:
        spread = np.linspace(0, len(usable) - 1, most).round().astype(int)
    else:
        spread = torch.randperm(len(usable), generator=generator)[:most].sort().values.numpy()
    return [usable[i] for i in spread]


def batches_in(visits: Sequence[Visit], size: int) -> int:
    """How many lists of `size` visits the visits fill, at least one."""
    return max(1, round(len(visits) / size))


def balanced_draws(
    visits: Sequence[Visit], size: int, generator: torch.Generator, per_woman: int = 1
) -> Iterator[list[Visit]]:
    """`draws` in which a visit weighs 1 / sqrt(visits of its class).

    That is between natural and equal shares of the classes.
    """
    labels = torch.tensor([visit.label for visit in visits])
    count = torch.stack([(labels == label).sum() for label in labels]).float()
    return draws(visits, size, generator, per_woman, count.rsqrt())


def draws(
    visits: Sequence[Visit],
    size: int,
    generator: torch.Generator,
    per_woman: int = 1,
    weight: Tensor | None = None,
) -> Iterator[list[Visit]]:
    """Lists of at most `size` visits, as many lists as the visits fill once.

    A visit is drawn by its `weight` (visits,); without weights all are alike, and no label has a
    part in it. A woman has at most `per_woman` visits in a list, and comes with all of these. With
    one, no other visit of hers can be taken for a negative.
    """
    weight = torch.ones(len(visits)) if weight is None else weight
    women = [visit.recording.participant_id for visit in visits]
    of_woman: dict[str, list[int]] = {}
    for index, woman in enumerate(women):
        of_woman.setdefault(woman, []).append(index)
    for _ in range(batches_in(visits, size)):
        order = torch.multinomial(weight, len(visits), generator=generator)
        yield [visits[index] for index in _first(order, women, of_woman, size, per_woman)]


def _first(
    order: Tensor,
    women: Sequence[str],
    of_woman: Mapping[str, list[int]],
    size: int,
    per_woman: int,
) -> list[int]:
    """The first `size` indices of an order in which each woman brings up to `per_woman` of hers."""
    place = order.argsort().tolist()
    found: list[int] = []
    seen: set[str] = set()
    for woman in (women[index] for index in order.tolist()):
        if len(found) >= size:  # of thousands few are taken: the rest is not looked at
            break
        if woman not in seen:
            seen.add(woman)
            found += sorted(of_woman[woman], key=place.__getitem__)[:per_woman]
    return found[:size]


def shuffled(
    visits: Sequence[Visit], size: int, generator: torch.Generator
) -> Iterator[list[Visit]]:
    """Every visit once, in lists of at most `size`; a last list of one visit joins another."""
    order = torch.randperm(len(visits), generator=generator).tolist()
    for start, end in pairwise(list_ends(len(visits), size)):
        yield [visits[i] for i in order[start:end]]


def list_ends(visits: int, size: int) -> list[int]:
    """Where the lists of `shuffled` begin and end."""
    ends = [*range(0, visits, size), visits]
    if len(ends) > 2 and ends[-1] - ends[-2] == 1:
        del ends[-2]
    return ends
