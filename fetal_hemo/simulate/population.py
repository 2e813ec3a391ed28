"""What a simulated population follows from, and which confounders are switched on."""

from __future__ import annotations

from dataclasses import dataclass

from fetal_hemo.confounders import USUAL


@dataclass(frozen=True)
class Population:
    """Seed, share of positive readings, effect size (0: sound knows nothing), confounders on."""

    seed: int = 0
    prevalence: float = 0.05
    effect: float = 1.0
    confounders: tuple[str, ...] = USUAL

    def linked(self, confounder: str) -> bool:
        """Whether this cause goes with pressure. Without an effect none does: nothing is found."""
        return self.effect > 0 and confounder in self.confounders
