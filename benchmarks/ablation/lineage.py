"""The lineage's quality network turned to this task: CNN, GRU and attention in each window.

A re-implementation from its description (lineage.md 3): two convolutions, a GRU, additive
attention; windows of a visit are averaged. No pretraining, no views, no hierarchy.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.ablation.networks import recipe_of
from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.rows import Row
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.constants import BANDS
from fetal_hemo.encoders.attention import AttentionPool
from fetal_hemo.training.batches import Batch, choose, shuffled
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.randomness import generator, seed_initial_weights

WIDTH = 32


class CnnGruAttention(nn.Module):
    """Logit `(visits,)` of a batch of visits whose signals were heard."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv1d(BANDS, WIDTH, 7, stride=3, padding=3),
            nn.ReLU(),
            nn.Conv1d(WIDTH, WIDTH, 5, stride=3, padding=2),
            nn.ReLU(),
        )
        self.recurrent = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.attention = AttentionPool(WIDTH, heads=1)
        self.classifier = nn.Linear(WIDTH, 1)

    def forward(self, batch: Batch) -> Tensor:
        assert batch.signals is not None
        steps = self.convolutions(batch.signals.scalogram).transpose(1, 2)
        pooled, _ = self.attention(self.recurrent(steps)[0])
        visit = batch.window_mask.nonzero()[:, 0]
        count = batch.window_mask.sum(dim=1, keepdim=True)
        total = pooled.new_zeros(len(count), WIDTH).index_add(0, visit, pooled)
        logit: Tensor = self.classifier(total / count).squeeze(1)
        return logit


def cnn_gru_attention(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` after the epoch with the lowest loss on validation women."""
    settings = recipe_of(row, world, key.seed).finetune
    seed_initial_weights(key.seed)
    torch.set_num_threads(settings.threads)
    network, source = CnnGruAttention(), world.source()
    rate, decay = settings.encoder_learning_rate, settings.weight_decay
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=decay)
    best = (np.inf, np.zeros(0), np.zeros(0))
    truth = torch.tensor([float(visit.label >= 2) for visit in visits.validation])
    for epoch in range(settings.epochs):
        draw = generator(key.seed, "lineage", epoch)
        for some in shuffled(visits.train, settings.recordings_per_batch, draw):
            batch = source.load(choose(some, settings.max_windows, draw))
            target = (batch.labels >= 2).float()
            loss = functional.binary_cross_entropy_with_logits(network(batch), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        validation, test = (_score(network, source, part) for part in visits[1:])
        loss = functional.binary_cross_entropy_with_logits(validation, truth)
        if float(loss) < best[0]:
            best = (float(loss), validation.numpy(), test.numpy())
    learned = sum(p.numel() for p in network.parameters())
    return Prediction(best[1], best[2], parameters=learned)


@torch.no_grad()
def _score(network: CnnGruAttention, source: KeptSignals, visits: tuple) -> Tensor:
    rows = [network(source.load(choose([v], len(v.usable), None))) for v in visits]
    return torch.cat(rows)
