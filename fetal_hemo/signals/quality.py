"""Quality of a window: good, poor, interference, talking or silent (Motie-Shirazi 2023)."""

from __future__ import annotations

from importlib.resources import files

import torch
from safetensors.torch import load
from torch import Tensor, nn

from fetal_hemo.constants import BANDS, QUALITY_CLASSES
from fetal_hemo.signals.envelope import GROUPS_HZ
from fetal_hemo.signals.front_end import Signals

WEIGHTS = "quality.safetensors"
FEATURES = 4 * BANDS + 2 * len(GROUPS_HZ) + 2


def quality_features(signals: Signals) -> Tensor:
    """`(batch, FEATURES)` statistics of a window that tell a heartbeat from what disturbs it."""
    scalogram, envelope = signals.scalogram, signals.envelope
    steps = (scalogram[:, :, 1:] - scalogram[:, :, :-1]).abs()
    return torch.cat(
        [
            scalogram.mean(dim=-1),
            scalogram.std(dim=-1),
            scalogram.amax(dim=-1),
            steps.mean(dim=-1),
            envelope.std(dim=-1),
            envelope.amin(dim=-1),
            signals.confidence.unsqueeze(1),
            signals.dead_share.unsqueeze(1),
        ],
        dim=1,
    )


class QualityHead(nn.Module):
    """Class probabilities `(batch, 5)` in the order of `QUALITY_CLASSES`.

    Trained on simulated contamination only (`examples/train_quality.py`); it belongs to the
    front end, so no cohort and no blood pressure ever reaches it.
    """

    def __init__(self, hidden: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm1d(FEATURES),
            nn.Linear(FEATURES, hidden),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(hidden, len(QUALITY_CLASSES)),
        )

    def logits(self, signals: Signals) -> Tensor:
        """Unnormalised scores `(batch, 5)`, for training."""
        return self.layers(quality_features(signals))

    def forward(self, signals: Signals) -> Tensor:
        return torch.softmax(self.logits(signals), dim=-1)


def load_quality_head() -> QualityHead:
    """The trained quality head that ships with the package, frozen and in evaluation mode."""
    head = QualityHead()
    head.load_state_dict(load(files("fetal_hemo.signals").joinpath(WEIGHTS).read_bytes()))
    return head.requires_grad_(False).eval()
