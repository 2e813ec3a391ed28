"""Our hierarchy on the rhythm alone: from scratch, or pretrained by contrast without labels.

The window encoder, the attention over windows and the losses are the package's own. Widths, rates
and epochs were set once, before any label of these records was looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.labour.draws import batches, in_halves, padded, some_windows
from benchmarks.labour.series import Record
from fetal_hemo.contrast import (
    Prototypes,
    balanced_contrast,
    class_log_prior,
    logit_adjusted_cross_entropy,
    nt_xent,
)
from fetal_hemo.encoders.recording import RecordingEncoder
from fetal_hemo.encoders.window import WindowEncoder
from fetal_hemo.training.randomness import generator, seed_initial_weights

WIDTH, HEADS, CLASSES = 32, 4, 2
TEMPERATURE = 0.2
PRETRAIN_EPOCHS, EPOCHS = 20, 20
RATE, ENCODER_RATE, DECAY, CONTRAST = 1e-3, 1e-4, 1e-2, 0.1


class RhythmNetwork(nn.Module):
    """Logits `(women, 2)` and embeddings `(women, 32)` of windows, their starts and a mask."""

    def __init__(self) -> None:
        super().__init__()
        self.window = WindowEncoder(2, WIDTH, WIDTH, HEADS)
        self.recording = RecordingEncoder(WIDTH, WIDTH, HEADS)
        self.classifier = nn.Linear(WIDTH, CLASSES)

    def forward(self, windows: Tensor, start_s: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        there = mask > 0  # what only fills the batch up is not normalised with
        found = self.window(windows[there]).embedding
        each = found.new_zeros(*mask.shape, WIDTH)
        each[there] = found
        embedding, _ = self.recording(each, start_s, mask)
        return self.classifier(embedding), embedding


def from_scratch(
    train: Sequence[Record], labels: np.ndarray, test: Sequence[Record], seed: int
) -> np.ndarray:
    """Scores `(test,)` of the network trained on labels only."""
    seed_initial_weights(seed)
    network = RhythmNetwork()
    fit(network, train, labels, seed, RATE)
    return scores(network, test)


def pretrained(
    train: Sequence[Record], labels: np.ndarray, test: Sequence[Record], seed: int
) -> np.ndarray:
    """The same, pretrained on the rhythm of the training women, whose labels it does not see."""
    seed_initial_weights(seed)
    network = RhythmNetwork()
    pretrain(network, train, seed)
    fit(network, train, labels, seed, ENCODER_RATE)
    return scores(network, test)


def pretrain(network: RhythmNetwork, records: Sequence[Record], seed: int) -> None:
    """NT-Xent between two halves of each woman's windows, both augmented."""
    heard = [record for record in records if len(record.windows) >= 2]
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    network.train()
    for epoch in range(PRETRAIN_EPOCHS):
        draw = generator(seed, "pretrain", epoch)
        for some in batches(len(heard), draw):
            halves = [in_halves(heard[i], draw) for i in some]
            first, second = (
                network(*padded([half[side] for half in halves]))[1] for side in (0, 1)
            )
            loss = nt_xent(first, second, TEMPERATURE)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


def fit(
    network: RhythmNetwork,
    records: Sequence[Record],
    labels: np.ndarray,
    seed: int,
    encoder_rate: float,
) -> None:
    """Logit-adjusted cross-entropy and balanced contrast with class prototypes."""
    pairs = [(r, int(y)) for r, y in zip(records, labels, strict=True) if len(r.windows)]
    prototypes = Prototypes(CLASSES, WIDTH, generator(seed, "prototypes"))
    prior = class_log_prior(torch.tensor([label for _, label in pairs]), CLASSES)
    new = [*network.classifier.parameters(), *prototypes.parameters()]
    encoder = [*network.window.parameters(), *network.recording.parameters()]
    groups = [{"params": new, "lr": RATE}, {"params": encoder, "lr": encoder_rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=DECAY)
    network.train()
    for epoch in range(EPOCHS):
        draw = generator(seed, "fit", epoch)
        for some in batches(len(pairs), draw):
            drawn = [some_windows(pairs[i][0], draw) for i in some]
            told = torch.tensor([pairs[i][1] for i in some])
            logits, embedding = network(*padded(drawn))
            contrast = balanced_contrast(embedding, told, prototypes(), TEMPERATURE)
            loss = logit_adjusted_cross_entropy(logits, told, prior, 1.0) + CONTRAST * contrast
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


@torch.no_grad()
def scores(network: RhythmNetwork, records: Sequence[Record]) -> np.ndarray:
    """Log odds `(women,)` from all windows of each; 0 for a woman without a window."""
    network.eval()
    found = np.zeros(len(records))
    for row, record in enumerate(records):
        if len(record.windows):
            logits = network(*padded([(record.windows, record.start_s)]))[0][0]
            found[row] = float(logits[1] - logits[0])
    return found
