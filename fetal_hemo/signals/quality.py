"""Quality of a window: one of the seven `QUALITY_CLASSES` (five of them Motie-Shirazi 2023)."""

from __future__ import annotations

from importlib.resources import files

import torch
from safetensors.torch import load
from torch import Tensor, nn

from fetal_hemo.constants import QUALITY_CLASSES
from fetal_hemo.signals.front_end import Signals
from fetal_hemo.signals.quality_features import FEATURES, quality_features

WEIGHTS = "quality.safetensors"
# Standard deviations at which a feature stops to count: no single strange one decides alone.
FURTHEST = 3.0


class QualityHead(nn.Module):
    """Class probabilities `(batch, 7)` in the order of `QUALITY_CLASSES`.

    Trained on simulated contamination only (`examples/train_quality.py`); it belongs to the
    front end, so no cohort and no blood pressure ever reaches it.
    """

    def __init__(self, hidden: int = 64) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm1d(FEATURES),
            nn.Hardtanh(-FURTHEST, FURTHEST),
            nn.Dropout(0.3),
            nn.Linear(FEATURES, hidden),
            nn.ReLU(),
            nn.Dropout(0.2),
            nn.Linear(hidden, len(QUALITY_CLASSES)),
        )

    def logits(self, signals: Signals) -> Tensor:
        """Unnormalised scores `(batch, 7)`, for training."""
        return self.layers(quality_features(signals))

    def forward(self, signals: Signals) -> Tensor:
        return torch.softmax(self.logits(signals), dim=-1)


def load_quality_head() -> QualityHead:
    """The trained quality head that ships with the package, frozen and in evaluation mode."""
    head = QualityHead()
    head.load_state_dict(load(files("fetal_hemo.signals").joinpath(WEIGHTS).read_bytes()))
    return head.requires_grad_(False).eval()
