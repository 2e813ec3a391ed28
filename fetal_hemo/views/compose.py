"""All augmentations in the order in which the sound meets them on its way to a file."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fetal_hemo.settings import Augment
from fetal_hemo.views.band_response import random_band_response
from fetal_hemo.views.gain import random_gain
from fetal_hemo.views.noise import add_noise
from fetal_hemo.views.time_mask import mask_time


@dataclass(frozen=True)
class Augmentations:
    """A changed copy of samples `(batch, time)` at 4 kHz: probe, pressure, room, drop-out."""

    strength: Augment

    @classmethod
    def from_recipe(cls, strength: Augment) -> Augmentations:
        """The augmentations of a recipe's `[augment]` section."""
        return cls(strength)

    @torch.no_grad()
    def __call__(self, samples: Tensor, generator: torch.Generator) -> Tensor:
        samples = random_band_response(samples, self.strength.band_response_db, generator)
        samples = random_gain(samples, self.strength.gain_db, generator)
        samples = add_noise(samples, self.strength.noise_snr_db, generator)
        return mask_time(samples, self.strength.time_mask_s, generator)
