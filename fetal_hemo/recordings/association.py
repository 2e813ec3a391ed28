"""Whether a device or a site alone gives the label away, asked woman by woman."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

PERMUTATIONS = 2_000


@dataclass(frozen=True)
class Association:
    """How strongly a column goes with the label; `p_value` by permutation of women."""

    column: str
    levels: int
    women: int
    cramers_v: float  # 0 (none) to 1 (the column is the label)
    p_value: float


def associate(
    column: str, levels_of: Mapping[str, Sequence[str]], positive: Mapping[str, bool], seed: int = 0
) -> Association | None:
    """The `Association` over women of their commonest level with having a positive visit.

    None if there is nothing to compare. The p-value is the share of 2,000 random reassignments
    of labels to women whose chi-square is at least as large (the observed one is counted in).
    """
    women = [woman for woman in sorted(levels_of) if levels_of[woman] and woman in positive]
    commonest = [Counter(sorted(levels_of[woman])).most_common(1)[0][0] for woman in women]
    names, level = np.unique(np.array(commonest, dtype=str), return_inverse=True)
    label = np.array([positive[woman] for woman in women], dtype=float)
    if len(names) < 2 or not 0 < label.sum() < len(label):
        return None
    observed = _chi_square(level, label, len(names))
    rng = np.random.default_rng(seed)
    drawn = [_chi_square(level, rng.permutation(label), len(names)) for _ in range(PERMUTATIONS)]
    larger = sum(value >= observed - 1e-9 for value in drawn)
    strength = float(np.sqrt(observed / len(women)))
    return Association(column, len(names), len(women), strength, (larger + 1) / (len(drawn) + 1))


def _chi_square(level: np.ndarray, label: np.ndarray, levels: int) -> float:
    """Pearson's chi-square of the `(levels, 2)` table."""
    size = np.bincount(level, minlength=levels)
    positive = np.bincount(level, weights=label, minlength=levels)
    share = label.mean()
    return float(np.sum((positive - size * share) ** 2 / (size * share * (1 - share))))
