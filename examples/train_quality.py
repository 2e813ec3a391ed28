"""Train the quality head on simulated windows; writes fetal_hemo/signals/quality.safetensors.

    python examples/train_quality.py
    python examples/train_quality.py --judge     # the shipped weights on the held-out windows

No cohort, no blood pressure and no real recording is trained on. Choices are made on validation
windows (another seed of the training generators) and with families of generators left out; the
real clips and the long real recording were in view while regularisation and the kinds of
interference were chosen, so they are no independent test of this head. `--judge` draws windows
from other generators, on which nothing may be trained or chosen: each look at them spends some of
their worth.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from fetal_hemo.constants import QUALITY_CLASSES
from fetal_hemo.evaluation.confusion import (
    confusion_matrix,
    f1_scores,
    macro_f1,
    macro_f1_interval,
)
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.quality import WEIGHTS, QualityHead, load_quality_head
from fetal_hemo.signals.quality_features import quality_features
from fetal_hemo.simulate.heldout import held_out_windows
from fetal_hemo.simulate.quality import quality_windows

TARGET = Path(__file__).resolve().parents[1] / "fetal_hemo" / "signals" / WEIGHTS
EPOCHS, BATCH, LEARNING_RATE, WEIGHT_DECAY = 40, 256, 3e-3, 1e-2
SMOOTHING, FEATURE_NOISE = 0.05, 0.1  # the noise in standard deviations of each feature
# In the order of the classes, as far as the field is known: most windows are good, few are clipped.
CLASS_WEIGHTS = (1.3, 1.0, 1.0, 1.0, 1.0, 1.0, 0.4)
BLOCK = 700  # windows held in memory at a time
JUDGE_SEED = 2_026

Draw = Callable[[int, int], tuple[np.ndarray, np.ndarray]]


@torch.no_grad()
def features_of(draw: Draw, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Features `(count, features)` and labels `(count,)`; each block has the next seed."""
    front_end, features, labels = FrontEnd().eval(), [], []
    for block in range(-(-count // BLOCK)):
        samples, own = draw(min(BLOCK, count - block * BLOCK), seed + block)
        features += [quality_features(front_end(x)) for x in torch.from_numpy(samples).split(64)]
        labels.append(torch.from_numpy(own))
    return torch.cat(features), torch.cat(labels)


def train(features: Tensor, labels: Tensor, seed: int) -> QualityHead:
    """A head trained by cross-entropy with label smoothing and noisy features."""
    torch.manual_seed(seed)
    head = QualityHead().train()
    optimizer = torch.optim.AdamW(head.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    weights, spread = torch.tensor(CLASS_WEIGHTS), FEATURE_NOISE * features.std(dim=0)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(labels)).split(BATCH):
            noisy = features[rows] + spread * torch.randn(len(rows), features.shape[1])
            scores = head.layers(noisy)
            loss = functional.cross_entropy(
                scores, labels[rows], weights, label_smoothing=SMOOTHING
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()
    return head.eval()


@torch.no_grad()
def report(head: QualityHead, features: Tensor, labels: Tensor, title: str) -> None:
    """Print the confusion, F1 by class, and macro-F1 with its bootstrap interval."""
    truth, guess = labels.numpy(), head.layers(features).argmax(dim=1).numpy()
    classes = len(QUALITY_CLASSES)
    confusion = confusion_matrix(truth, guess, classes)
    print(f"{title} (simulated), {len(truth)} windows; row true, column guessed")
    for name, row, score in zip(QUALITY_CLASSES, confusion, f1_scores(confusion), strict=True):
        print(f"{name:>16} " + " ".join(f"{count:5d}" for count in row) + f"  F1 {score:.3f}")
    low, high = macro_f1_interval(truth, guess, classes)
    print(f"macro-F1 {macro_f1(truth, guess, classes):.4f} (95 % interval {low:.4f} to {high:.4f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=16_800)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--judge", type=int, nargs="?", const=4_200, metavar="WINDOWS")
    args = parser.parse_args()
    if args.judge:
        windows = features_of(held_out_windows, args.judge, JUDGE_SEED)
        return report(load_quality_head(), *windows, "held-out generators")
    head = train(*features_of(quality_windows, args.windows, args.seed), args.seed)
    validation = features_of(quality_windows, 2_100, args.seed + 1_000)
    report(head, *validation, "validation, training generators")
    save_file({k: v.contiguous() for k, v in head.state_dict().items()}, TARGET)
    print(f"wrote {TARGET.name}: {sum(p.numel() for p in head.parameters())} weights")


if __name__ == "__main__":
    main()
