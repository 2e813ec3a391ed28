"""Train the quality head on simulated windows; writes fetal_hemo/signals/quality.safetensors.

    python examples/train_quality.py

No cohort, no blood pressure and no real recording is used. Held-out windows come from another
seed of the same simulator, so the accuracy that is printed says nothing about real sound.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn import functional

from fetal_hemo.constants import QUALITY_CLASSES
from fetal_hemo.signals import FrontEnd, Signals
from fetal_hemo.signals.quality import WEIGHTS, QualityHead, quality_features
from fetal_hemo.simulate.quality import quality_windows

TARGET = Path(__file__).resolve().parents[1] / "fetal_hemo" / "signals" / WEIGHTS
EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 60, 128, 3e-3, 1e-2


@torch.no_grad()
def features_of(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Features `(count, features)` and labels `(count,)` of simulated windows."""
    samples, labels = quality_windows(count, seed)
    front_end = FrontEnd().eval()
    blocks = torch.from_numpy(samples).split(64)
    features = torch.cat([quality_features(Signals(*front_end(block))) for block in blocks])
    return features, torch.from_numpy(labels)


def train(features: torch.Tensor, labels: torch.Tensor, seed: int) -> QualityHead:
    """A head trained by cross-entropy with label smoothing."""
    torch.manual_seed(seed)
    head = QualityHead().train()
    optimizer = torch.optim.AdamW(head.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(labels)).split(BATCH):
            loss = functional.cross_entropy(
                head.layers(features[rows]), labels[rows], label_smoothing=0.05
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()
    return head.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    head = train(*features_of(args.windows, args.seed), args.seed)
    features, labels = features_of(args.windows // 5, args.seed + 1)
    with torch.no_grad():
        guess = head.layers(features).argmax(dim=1)
    for index, name in enumerate(QUALITY_CLASSES):
        own = labels == index
        print(f"{name}: recall {float((guess[own] == index).float().mean()):.3f} (simulated)")
    save_file({k: v.contiguous() for k, v in head.state_dict().items()}, TARGET)
    print(f"wrote {TARGET.name}: {sum(p.numel() for p in head.parameters())} weights")


if __name__ == "__main__":
    main()
