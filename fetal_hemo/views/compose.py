"""All augmentations in the order in which the sound meets them on its way to a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from fetal_hemo.settings_augment import Augment
from fetal_hemo.views.band_edges import BandEdges
from fetal_hemo.views.band_response import BandResponse
from fetal_hemo.views.beat_crop import BeatCrop
from fetal_hemo.views.contamination import Contamination
from fetal_hemo.views.draw import Draw, Step
from fetal_hemo.views.gain import Gain
from fetal_hemo.views.noise import Noise
from fetal_hemo.views.time_mask import TimeMask
from fetal_hemo.views.time_warp import TimeWarp
from fetal_hemo.views.transform import Transform, take


@dataclass(frozen=True)
class Augmentations:
    """A changed copy of samples `(items, time)` at 4 kHz: heart, probe, unit, room, drop-out.

    Each transform is met by an item with its `chance`; one that is off draws nothing, so that the
    others draw what they would without it.
    """

    transforms: Mapping[str, Transform[Any]]
    chance: Mapping[str, float]

    @classmethod
    def from_recipe(cls, strength: Augment) -> Augmentations:
        """The augmentations of a recipe's `[augment]` section; a strength of 0 is off."""
        chance = asdict(strength.chance)
        listed: dict[str, tuple[bool, Transform[Any]]] = {
            "beat_crop": (strength.beat_crop > 0, BeatCrop(strength.beat_crop)),
            "time_warp": (strength.time_warp > 0, TimeWarp(strength.time_warp)),
            "contamination": (True, Contamination(strength.contamination_snr_db)),
            "band_edges": (True, BandEdges(strength.high_pass_hz, strength.roll_off_hz)),
            "band_response": (
                strength.band_response_db > 0,
                BandResponse(strength.band_response_db),
            ),
            "gain": (strength.gain_db > 0, Gain(strength.gain_db)),
            "noise": (True, Noise(strength.noise_snr_db)),
            "time_mask": (strength.time_mask_s > 0, TimeMask(strength.time_mask_s)),
        }
        on = {name: made for name, (is_on, made) in listed.items() if is_on and chance[name] > 0}
        return cls(on, chance)

    def draw(self, items: int, length: int, generator: torch.Generator) -> Draw:
        """All random numbers of a copy, frozen: `apply` them to as many copies as should share."""
        return Draw(
            {
                name: self._step(name, transform, items, length, generator)
                for name, transform in self.transforms.items()
            }
        )

    @torch.no_grad()
    def apply(self, samples: Tensor, draw: Draw) -> Tensor:
        """Samples `(items, time)` changed as was drawn for as many items."""
        for name, transform in self.transforms.items():
            samples = _meet(samples, transform, draw.steps[name])
        return samples

    def __call__(self, samples: Tensor, generator: torch.Generator) -> Tensor:
        """A copy of samples `(items, time)` with a draw of its own."""
        items, length = samples.shape
        return self.apply(samples, self.draw(items, length, generator))

    def _step(
        self,
        name: str,
        transform: Transform[Any],
        items: int,
        length: int,
        generator: torch.Generator,
    ) -> Step:
        met = torch.ones(items, dtype=torch.bool)
        if self.chance[name] < 1:
            met = torch.rand(items, generator=generator) < self.chance[name]
        return Step(transform.draw(items, length, generator), met)


def _meet(samples: Tensor, transform: Transform[Any], step: Step) -> Tensor:
    """Samples of which those that meet the transform are changed."""
    if step.met.all():
        return transform.apply(samples, step.drawn)
    changed = samples.clone()
    if step.met.any():
        changed[step.met] = transform.apply(samples[step.met], take(step.drawn, step.met))
    return changed
