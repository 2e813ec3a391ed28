"""The settings of contrastive pretraining: which losses, which pairs, which teacher.

The words of a choice stand here and not beside the losses, so that a recipe is read without torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fetal_hemo.constraints import Between
from fetal_hemo.limits import Count, Epochs, Rate, Seed, Share, Temperature, Threads, Weight

ViewLoss = Literal["leave_one_out", "pairwise", "pairs", "off"]
VisitLoss = Literal["balanced", "supcon", "supmin", "supproto", "targeted", "patient_aware", "off"]
WITH_CLASS_POINTS = ("balanced", "supproto", "targeted")
AuxiliaryLoss = Literal["prototypes", "supcon"]
Similarity = Literal["cosine", "angular"]
Positives = Literal["view", "window", "visit", "woman"]
Negative = Literal[
    "other_visit",
    "other_woman",
    "same_woman",
    "same_device",
    "same_gestational_age",
    "same_heart_rate",
]


@dataclass(frozen=True)
class Pretrain:
    """Contrastive pretraining."""

    epochs: Epochs
    visits_per_batch: Annotated[int, Between(2, 100_000)]
    windows_per_visit: Count
    augment: bool
    balanced_draws: bool
    learning_rate: Rate
    weight_decay: Weight
    warmup_epochs: Epochs
    temperature: Temperature
    view_loss: ViewLoss
    multiview_weight: Weight
    view_loss_sees_dropout: bool
    visit_loss: VisitLoss
    prototype_weight: Weight
    decoupled: bool
    similarity: Similarity
    rank_weight: Weight
    rank_temperature: Temperature
    physiology_weight: Weight
    events_weight: Weight
    majority_ratio: Share
    prototype_margin: Annotated[float, Between(0.0, 2.0)]
    target_weight: Weight
    classmates: Literal["neutral", "negative"]
    patience: Epochs
    seed: Seed
    threads: Threads

    @property
    def compares_windows(self) -> bool:
        """Whether there is a loss between windows."""
        return self.view_loss != "off" and self.multiview_weight > 0

    @property
    def compares_visits(self) -> bool:
        """Whether there is a loss between visits that needs their class."""
        return self.visit_loss != "off" and self.prototype_weight > 0

    @property
    def sees_labels(self) -> bool:
        """Whether anything of pretraining, losses or draws, depends on blood pressure."""
        return self.compares_visits or self.rank_weight > 0

    @property
    def learns_physiology(self) -> bool:
        """Whether what a simulator knows of the hearts is learned."""
        return self.physiology_weight > 0

    @property
    def learns_truth(self) -> bool:
        """Whether anything is learned that only a simulator knows."""
        return self.learns_physiology or self.events_weight > 0

    @property
    def encodes_visits(self) -> bool:
        """Whether any loss is on embeddings of visits."""
        return self.sees_labels or self.learns_physiology


@dataclass(frozen=True)
class PairSettings:
    """Who is a positive of whom, who a negative, and which negatives are left out."""

    positives: Positives
    negatives: tuple[Negative, ...]
    least_negatives: Count
    gestational_age_band_days: Annotated[float, Between(1.0, 300.0)]
    heart_rate_band_bpm: Annotated[float, Between(1.0, 200.0)]
    visits_per_woman: Count
    false_negatives: Literal["off", "share", "margin"]
    false_negative_bound: Annotated[float, Between(0.0, 2.0)]
    false_negative_from_epoch: Epochs
    hardest_negatives: Annotated[int, Between(0, 100_000)]


@dataclass(frozen=True)
class TeacherSettings:
    """Self-distillation from a slow copy of the model."""

    weight: Weight
    momentum: Share
    gamma: Weight
    spread: Literal["variance", "range"]
    form: Literal["exponential", "quantile"]
