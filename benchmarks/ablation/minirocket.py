"""MiniRocket (Dempster 2021, KDD) on the envelopes of windows, averaged over a visit, and ridge.

84 kernels of length 9 with weights -1 and 2, dilations that grow to the length of the window, and
the share of positive values at biases drawn from the training windows. Channels of the envelope
are summed over random subsets, as in the paper's multivariate form.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import torch
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor
from torch.nn import functional

from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.rows import Row
from benchmarks.ablation.simple import labels_of, positives_of, split_scores
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.training.batches import choose
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.randomness import generator
from fetal_hemo.training.survey import Visit

LENGTH, POSITIVE = 9, 3  # a kernel has three weights of 2 among nine; the others are -1
DILATIONS = (1, 2, 4, 8, 16, 32, 64)
BIASES = 4  # of each kernel and dilation: 84 * 7 * 4 = 2,352 features
SAMPLE = 64  # training windows from which biases are drawn


def minirocket(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` of MiniRocket's features and a ridge classifier."""
    source = world.source()
    draw = generator(key.seed, "minirocket")
    some = torch.cat([_envelopes(source, visit)[:1] for visit in visits.train[:SAMPLE]])
    kernels = Kernels(some, draw)
    labelled = [visit for visit in visits.train if visit.label >= 0]
    parts = [
        np.stack([kernels(_envelopes(source, visit)).mean(dim=0).numpy() for visit in part])
        for part in (labelled, visits.validation, visits.test)
    ]
    others = np.concatenate(parts[1:])
    scores = ridge().fit(parts[0], positives_of(visits)).decision_function(others)
    classes = ridge("balanced").fit(parts[0], labels_of(visits)).predict(others)
    learned = (1 + len(BP_CLASSES)) * (parts[0].shape[1] + 1)
    return split_scores(scores, classes, visits, learned)


def ridge(class_weight: str | None = None) -> Pipeline:
    """The unfitted classifier of such features."""
    strengths = np.logspace(-1, 5, 13)
    return make_pipeline(StandardScaler(), RidgeClassifierCV(strengths, class_weight=class_weight))


class Kernels:
    """Features `(windows, 2352)` of envelopes `(windows, groups, frames)`."""

    def __init__(self, some: Tensor, draw: torch.Generator) -> None:
        weights = torch.full((84, LENGTH), -1.0)
        for number, chosen in enumerate(combinations(range(LENGTH), POSITIVE)):
            weights[number, list(chosen)] = 2.0
        groups = some.shape[1]
        heard = torch.rand(84, groups, generator=draw) < 0.5
        heard[:, 0] |= ~heard.any(dim=1)
        self.weights = weights[:, None, :] * heard[:, :, None]
        self.biases = [self._biases(self._convolve(some, d), draw) for d in DILATIONS]

    def __call__(self, envelopes: Tensor) -> Tensor:
        found = []
        for dilation, biases in zip(DILATIONS, self.biases, strict=True):
            curve = self._convolve(envelopes, dilation)
            found.extend((curve > bias[:, None]).float().mean(dim=-1) for bias in biases)
        return torch.cat(found, dim=1)

    def _convolve(self, envelopes: Tensor, dilation: int) -> Tensor:
        reach = dilation * (LENGTH - 1) // 2
        return functional.conv1d(envelopes, self.weights, padding=reach, dilation=dilation)

    def _biases(self, curves: Tensor, draw: torch.Generator) -> list[Tensor]:
        window = torch.randint(len(curves), (BIASES,), generator=draw).tolist()
        share = torch.rand(BIASES, generator=draw).tolist()
        return [curves[w].quantile(s, dim=-1) for w, s in zip(window, share, strict=True)]


def _envelopes(source: KeptSignals, visit: Visit) -> Tensor:
    batch = source.load(choose([visit], len(visit.usable), None))
    assert batch.signals is not None
    return batch.signals.envelope
