"""The settings of a run as a frozen tree; each field carries its own limits.

The names are those of `recipes/default.toml`, where every value stands with its meaning. What must
hold between fields is in `rules.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fetal_hemo.constants import QUALITY_CLASSES, VIEWS
from fetal_hemo.constraints import Between, NotEmpty, OneOf
from fetal_hemo.limits import Count, Epochs, Rate, Seed, Share, Threads, Weight
from fetal_hemo.settings_augment import Augment
from fetal_hemo.settings_contrast import AuxiliaryLoss, PairSettings, Pretrain, TeacherSettings
from fetal_hemo.settings_export import Budgets, Export
from fetal_hemo.settings_study import Study

Confidence = Annotated[float, Between(0.0, 2.0)]  # confidences end at 1: 2 means "never"
Pressures = tuple[Annotated[int, Between(30, 300)], Annotated[int, Between(30, 300)]]
Width = Annotated[int, Between(8, 4_096)]  # room for four classes that all differ


@dataclass(frozen=True)
class Labels:
    """Systolic and diastolic mmHg at which each blood-pressure class begins."""

    elevated: Pressures
    hypertensive: Pressures
    severe: Pressures


@dataclass(frozen=True)
class Windows:
    """Which windows of a recording count, and how many."""

    usable_quality: Annotated[tuple[Annotated[str, OneOf(QUALITY_CLASSES)], ...], NotEmpty()]
    max_dead_share: Share
    min_usable_windows: Count
    max_windows: Count


@dataclass(frozen=True)
class MinConfidence:
    """Confidence a window's heart rate needs, by the window's quality class."""

    good: Confidence
    poor: Confidence
    interference: Confidence
    talking: Confidence
    silent: Confidence
    no_fetal_signal: Confidence
    clipped: Confidence


@dataclass(frozen=True)
class HeartRate:
    """When a window is given a heart rate."""

    max_dead_share: Share
    min_confidence: MinConfidence


@dataclass(frozen=True)
class SplitShares:
    """Shares of the women; the rest is for training."""

    validation: Annotated[float, Between(0.01, 0.8)]
    test: Annotated[float, Between(0.01, 0.8)]
    seed: Seed


@dataclass(frozen=True)
class Model:
    """Parts and widths of the network, and the view dropout it is trained with."""

    views: Annotated[tuple[Annotated[str, OneOf(VIEWS)], ...], NotEmpty()]
    window_attention: bool

    width: Width
    embedding: Width
    recording_embedding: Width
    attention_heads: Annotated[int, Between(1, 64)]
    view_dropout: Annotated[float, Between(0.0, 0.9)]


@dataclass(frozen=True)
class Training:
    """How the loop runs, in pretraining and in fine-tuning."""

    precision: Literal["float32", "bfloat16"]
    compile: bool
    checkpoint_s: Annotated[float, Between(0.0, 1e6)]
    tensorboard: bool


@dataclass(frozen=True)
class Finetune:
    """Training of the classifier, with the pretrained encoder under it."""

    epochs: Epochs
    recordings_per_batch: Count
    learning_rate: Rate
    joining_learning_rate: Rate
    encoder_learning_rate: Rate
    weight_decay: Weight
    logit_adjustment: Weight
    auxiliary_contrast: Weight
    auxiliary_loss: AuxiliaryLoss
    teacher_weight: Weight
    augment: bool
    max_windows: Count
    seed: Seed
    patience: Count
    threads: Threads


@dataclass(frozen=True)
class Decision:
    """Operating point of the screening result."""

    specificity: Annotated[float, Between(0.5, 0.999)]
    miss_rate: Annotated[float, Between(0.01, 1.0)]
    prevalence: Annotated[float, Between(0.001, 0.999)]


@dataclass(frozen=True)
class Recipe:
    """All settings of a run."""

    labels: Labels
    windows: Windows
    heart_rate: HeartRate
    split: SplitShares
    model: Model
    training: Training
    pretrain: Pretrain
    pairs: PairSettings
    teacher: TeacherSettings
    augment: Augment
    finetune: Finetune
    export: Export
    budgets: Budgets
    decision: Decision
    study: Study
