"""The settings of a run as a frozen tree; each field carries its own limits.

The names are those of `recipes/default.toml`, where every value stands with its meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fetal_hemo.constants import QUALITY_CLASSES
from fetal_hemo.constraints import Ascending, Between, NotEmpty, OneOf

Share = Annotated[float, Between(0.0, 1.0)]
Confidence = Annotated[float, Between(0.0, 2.0)]  # confidences end at 1: 2 means "never"
Pressures = tuple[Annotated[int, Between(30, 300)], Annotated[int, Between(30, 300)]]
Decibels = Annotated[float, Between(-20.0, 60.0)]
Rate = Annotated[float, Between(0.0, 1.0)]
Weight = Annotated[float, Between(0.0, 100.0)]
Temperature = Annotated[float, Between(0.01, 10.0)]
Tolerance = Annotated[float, Between(0.0, 100.0)]
Epochs = Annotated[int, Between(0, 10_000)]
Count = Annotated[int, Between(1, 100_000)]
Width = Annotated[int, Between(8, 4_096)]  # room for four classes that all differ
Threads = Annotated[int, Between(1, 256)]
Seed = Annotated[int, Between(0, 2**31 - 1)]


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
    """Widths of the network and the view dropout it is trained with."""

    width: Width
    embedding: Width
    recording_embedding: Width
    attention_heads: Annotated[int, Between(1, 64)]
    view_dropout: Annotated[float, Between(0.0, 0.9)]


@dataclass(frozen=True)
class Pretrain:
    """Contrastive pretraining."""

    epochs: Epochs
    visits_per_batch: Annotated[int, Between(2, 100_000)]
    windows_per_visit: Count
    learning_rate: Rate
    weight_decay: Weight
    warmup_epochs: Epochs
    temperature: Temperature
    multiview_weight: Weight
    prototype_weight: Weight
    seed: Seed
    threads: Threads


@dataclass(frozen=True)
class Augment:
    """Strength of the augmentations; 0 switches gain, time mask or band response off."""

    gain_db: Annotated[float, Between(0.0, 60.0)]
    noise_snr_db: Annotated[tuple[Decibels, Decibels], Ascending()]
    time_mask_s: Annotated[float, Between(0.0, 2.0)]
    band_response_db: Annotated[float, Between(0.0, 30.0)]


@dataclass(frozen=True)
class Finetune:
    """Training of the classifier, with the pretrained encoder under it."""

    epochs: Epochs
    recordings_per_batch: Count
    learning_rate: Rate
    encoder_learning_rate: Rate
    weight_decay: Weight
    logit_adjustment: Weight
    auxiliary_contrast: Weight
    max_windows: Count
    seed: Seed
    patience: Count
    threads: Threads


@dataclass(frozen=True)
class Export:
    """Quantisation, and the gate that the exported model must pass."""

    calibration_windows: Count
    int8_logit_tolerance: Tolerance
    max_label_flip_share: Share
    float_logit_tolerance: Tolerance


@dataclass(frozen=True)
class Decision:
    """Operating point of the screening result."""

    specificity: Annotated[float, Between(0.5, 0.999)]
    prevalence: Annotated[float, Between(0.001, 0.999)]


@dataclass(frozen=True)
class Recipe:
    """All settings of a run."""

    labels: Labels
    windows: Windows
    heart_rate: HeartRate
    split: SplitShares
    model: Model
    pretrain: Pretrain
    augment: Augment
    finetune: Finetune
    export: Export
    decision: Decision


@dataclass(frozen=True)
class Rule:
    """What must hold between fields."""

    text: str
    holds: Callable[[Recipe], bool]


RULES = (
    Rule(
        "labels: the pressures must rise from elevated to hypertensive to severe",
        lambda r: all(
            low < mid < high
            for low, mid, high in zip(
                r.labels.elevated, r.labels.hypertensive, r.labels.severe, strict=True
            )
        ),
    ),
    Rule(
        "split: validation + test must leave at least 0.1 of the women for training",
        lambda r: r.split.validation + r.split.test <= 0.9,
    ),
    Rule(
        "model: attention_heads must divide embedding",
        lambda r: r.model.embedding % r.model.attention_heads == 0,
    ),
    Rule(
        "windows: min_usable_windows must not exceed max_windows",
        lambda r: r.windows.min_usable_windows <= r.windows.max_windows,
    ),
    Rule(
        "finetune: max_windows must not exceed windows.max_windows",
        lambda r: r.finetune.max_windows <= r.windows.max_windows,
    ),
)
