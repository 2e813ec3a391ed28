"""Does an explanation follow from what was learned? (Adebayo et al. 2018, NeurIPS)"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from fetal_hemo.explain.hearing import Hearing

DRAWS = 5
MOST = 0.5  # mean rank correlation from which a map is called the same

Map = Callable[[Hearing], NDArray[np.float64]]


class Sanity(NamedTuple):
    """`correlation`: mean of the rank correlations with maps of randomised weights; None without
    a spread. `random`: those maps `(draws, parts)`."""

    correlation: float | None
    random: NDArray[np.float64]

    @property
    def destroyed(self) -> bool:
        """Whether randomised weights destroy the map, as they must."""
        return self.correlation is not None and abs(self.correlation) < MOST


def sanity(hearing: Hearing, of: Map, found: NDArray[np.float64], draws: int = DRAWS) -> Sanity:
    """`Sanity` of the map `found` `(parts,)`, which `of` makes of a hearing."""
    random = np.stack([of(hearing.randomised(seed)) for seed in range(draws)])
    if len(found) < 3 or np.ptp(found) == 0:
        return Sanity(None, random)
    varied = [row for row in random if np.ptp(row) > 0]
    ranks = [float(spearmanr(found, row).statistic) for row in varied]
    return Sanity(float(np.mean(ranks)) if ranks else 0.0, random)
