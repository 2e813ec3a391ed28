"""What else a probe picks up: phones, mains, knocks, whistles, hiss and people who talk."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fetal_hemo.views.mix import at_ratio
from fetal_hemo.views.noise_bank import noise_bank
from fetal_hemo.views.transform import uniform


@dataclass(frozen=True)
class ContaminationDraw:
    """`sound` of the bank, `start` in 0-1 of where in it, and `snr_db`, each (items,)."""

    sound: Tensor
    start: Tensor
    snr_db: Tensor


@dataclass(frozen=True)
class Contamination:
    """An excerpt of the simulator's noise bank at a ratio uniform in dB between two numbers.

    The ratio is that over the window, however briefly a knock lasts. A silent window stays
    silent; beats stay where they are.
    """

    snr_db: tuple[float, float]

    def draw(self, items: int, length: int, generator: torch.Generator) -> ContaminationDraw:
        """Which excerpt every window meets, and how loud."""
        sound = torch.randint(len(noise_bank()), (items,), generator=generator)
        start = torch.rand(items, generator=generator)
        return ContaminationDraw(sound, start, uniform(items, self.snr_db, generator))

    def apply(self, samples: Tensor, drawn: ContaminationDraw) -> Tensor:
        """Samples `(items, time)` plus their excerpts."""
        bank, length = noise_bank(), samples.shape[1]
        start = (drawn.start * (bank.shape[1] - length)).long()
        moments = start.unsqueeze(1) + torch.arange(length)
        excerpts = bank[drawn.sound.unsqueeze(1), moments]
        return samples + at_ratio(excerpts, samples, drawn.snr_db)
