"""Simulated studies of repeat visits whose true measures are known.

A score is a woman's own level plus a visit's noise, marginally standard normal, and `effect`
higher in a positive visit; so every measure of the population follows from two normals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

EFFECT = 1.19  # AUROC 0.80


@dataclass
class Cohort:
    """Rows of one simulated study; `probability` is right."""

    women: np.ndarray
    labels: np.ndarray
    scores: np.ndarray
    rival: np.ndarray
    probability: np.ndarray


class Simulation:
    """Cohorts, and what is true of the population that they are drawn from."""

    effect = EFFECT
    auroc = float(norm.cdf(EFFECT / np.sqrt(2)))
    threshold = float(norm.ppf(0.9))  # specificity 0.90
    sensitivity = float(norm.sf(norm.ppf(0.9) - EFFECT))

    def studies(
        self, repeats: int, women: int, share: float, by_woman: bool, seed: int
    ) -> list[Cohort]:
        """`repeats` cohorts of 1 to 4 visits a woman; positive are women, or visits."""
        generator = np.random.default_rng(seed)
        return [self._cohort(generator, women, share, by_woman) for _ in range(repeats)]

    def _cohort(
        self, generator: np.random.Generator, women: int, share: float, by_woman: bool
    ) -> Cohort:
        visits = generator.integers(1, 5, size=women)
        woman = np.repeat(np.arange(women), visits)
        chance = generator.random(women)[woman] if by_woman else generator.random(len(woman))
        labels = (chance < share).astype(int)

        def scores() -> np.ndarray:
            own = generator.normal(size=women)[woman]
            return np.sqrt(0.6) * own + np.sqrt(0.4) * generator.normal(size=len(woman))

        model, rival = scores() + EFFECT * labels, scores() + EFFECT * labels
        known = self.probability(model, share) if share > 0 else np.zeros(len(woman))
        return Cohort(woman, labels, model, rival, known)

    def probability(self, scores: np.ndarray, share: float) -> np.ndarray:
        """What a score means where `share` of the visits are positive."""
        return expit(EFFECT * scores - EFFECT**2 / 2 + np.log(share / (1 - share)))

    def score_at(self, probability: float, share: float) -> float:
        """The score that means this probability."""
        odds = np.log(probability / (1 - probability)) - np.log(share / (1 - share))
        return float((odds + EFFECT**2 / 2) / EFFECT)

    def mean(self, values, positive: bool) -> float:
        """Mean over a class of a function of the score."""
        score = np.linspace(-8, 10, 40_001)
        density = norm.pdf(score - EFFECT * positive)
        return float((values(score) * density).sum() * (score[1] - score[0]))

    def covered(self, estimates, truth: float) -> float:
        """Share of the intervals that hold the truth; nearly all must have one."""
        made = [e for e in estimates if e.interval is not None]
        assert len(made) >= 0.95 * len(estimates)
        return float(np.mean([e.covers(truth) for e in made]))


@pytest.fixture(scope="session")
def sim() -> Simulation:
    """Cohorts to draw, and their truth."""
    return Simulation()
