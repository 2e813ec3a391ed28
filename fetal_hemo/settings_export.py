"""Settings of export: quantisation, the gate, and what a model may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fetal_hemo.constraints import Between, OneOf
from fetal_hemo.limits import Count, Share

Tolerance = Annotated[float, Between(0.0, 100.0)]
Amount = Annotated[int, Between(1, 10**12)]
BEST = "best"
CALIBRATIONS = (BEST, "extremes", "percentile", "entropy")
TARGETS = ("phone", "pi", "mcu")


@dataclass(frozen=True)
class Export:
    """Quantisation, and the gate that the exported model must pass."""

    calibration_windows: Count
    calibration: Annotated[str, OneOf(CALIBRATIONS)]
    distil: bool
    int8_logit_tolerance: Tolerance
    max_label_flip_share: Share
    max_auroc_loss: Share
    float_logit_tolerance: Tolerance
    target: Annotated[str, OneOf(TARGETS)]


@dataclass(frozen=True)
class Budget:
    """The most that a model may take of a device."""

    bytes: Amount
    multiply_adds: Amount
    peak_ram_bytes: Amount


@dataclass(frozen=True)
class Budgets:
    """The budget of each target."""

    phone: Budget
    pi: Budget
    mcu: Budget
