"""The lineage's quality network turned to this task: CNN, GRU and attention in each window.

A re-implementation from its description (lineage.md 3): two convolutions, a GRU, additive
attention; windows of a visit are averaged. No pretraining, no views, no hierarchy.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.ablation.classes import adjusted_classes
from benchmarks.ablation.prediction import CellKey, Prediction
from benchmarks.ablation.row_recipes import recipe_of
from benchmarks.ablation.rows import Row
from benchmarks.ablation.simple import labels_of, split_scores
from benchmarks.ablation.world import FoldVisits, World
from fetal_hemo.constants import BANDS, BP_CLASSES
from fetal_hemo.encoders.attention import AttentionPool
from fetal_hemo.training.batches import Batch, choose, shuffled
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.randomness import generator, seed_initial_weights
from fetal_hemo.training.scoring import positive_margin
from fetal_hemo.training.survey import Visit

WIDTH = 32


class CnnGruAttention(nn.Module):
    """Logits `(visits, 4)` of a batch of visits whose signals were heard."""

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
        self.classifier = nn.Linear(WIDTH, len(BP_CLASSES))

    def forward(self, batch: Batch) -> Tensor:
        assert batch.signals is not None
        steps = self.convolutions(batch.signals.scalogram).transpose(1, 2)
        pooled, _ = self.attention(self.recurrent(steps)[0])
        visit = batch.window_mask.nonzero()[:, 0]
        count = batch.window_mask.sum(dim=1, keepdim=True)
        total = pooled.new_zeros(len(count), WIDTH).index_add(0, visit, pooled)
        logits: Tensor = self.classifier(total / count)
        return logits


def cnn_gru_attention(row: Row, visits: FoldVisits, world: World, key: CellKey) -> Prediction:
    """The `Prediction` after the epoch with the lowest loss on validation women."""
    settings = recipe_of(row, world, key.seed).finetune
    seed_initial_weights(key.seed)
    torch.set_num_threads(settings.threads)
    network, source = CnnGruAttention(), world.source()
    rate, decay = settings.encoder_learning_rate, settings.weight_decay
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=decay)
    best, least = torch.zeros(0), float("inf")
    truth = torch.tensor([visit.label for visit in visits.validation])
    for epoch in range(settings.epochs):
        draw = generator(key.seed, "lineage", epoch)
        for some in shuffled(visits.train, settings.recordings_per_batch, draw):
            batch = source.load(choose(some, settings.max_windows, draw))
            loss = functional.cross_entropy(network(batch), batch.labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        logits = _logits(network, source, (*visits.validation, *visits.test))
        loss = functional.cross_entropy(logits[: len(truth)], truth)
        if float(loss) < least:
            best, least = logits, float(loss)
    learned = sum(p.numel() for p in network.parameters())
    classes = adjusted_classes(best.numpy(), labels_of(visits))
    return split_scores(positive_margin(best).numpy(), classes, visits, learned)


@torch.no_grad()
def _logits(network: CnnGruAttention, source: KeptSignals, visits: Sequence[Visit]) -> Tensor:
    rows = [network(source.load(choose([v], len(v.usable), None))) for v in visits]
    return torch.cat(rows)
