"""Settings of the augmentations; the values stand in `recipes/default.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fetal_hemo.constraints import Ascending, Between
from fetal_hemo.limits import Share

Decibels = Annotated[float, Between(-20.0, 60.0)]
Hertz = Annotated[float, Between(1.0, 2_000.0)]


@dataclass(frozen=True)
class AugmentChance:
    """Chance that a window meets an augmentation at all; 0 switches it off."""

    beat_crop: Share
    time_warp: Share
    contamination: Share
    band_edges: Share
    band_response: Share
    gain: Share
    noise: Share
    time_mask: Share


@dataclass(frozen=True)
class Augment:
    """Strength of the augmentations, and the chance of each; a strength of 0 is off as well."""

    gain_db: Annotated[float, Between(0.0, 60.0)]
    noise_snr_db: Annotated[tuple[Decibels, Decibels], Ascending()]
    time_mask_s: Annotated[float, Between(0.0, 2.0)]
    band_response_db: Annotated[float, Between(0.0, 30.0)]
    beat_crop: Annotated[float, Between(0.0, 0.75)]
    time_warp: Annotated[float, Between(0.0, 0.1)]
    contamination_snr_db: Annotated[tuple[Decibels, Decibels], Ascending()]
    high_pass_hz: Annotated[tuple[Hertz, Hertz], Ascending()]
    roll_off_hz: Annotated[tuple[Hertz, Hertz], Ascending()]
    chance: AugmentChance
