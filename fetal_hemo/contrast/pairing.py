"""Who is a positive of whom, and who a negative: a rule (data) applied to columns (data)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Literal

from torch import Tensor

from fetal_hemo.contrast.columns import UNKNOWN, PairColumns
from fetal_hemo.contrast.masked import oneself
from fetal_hemo.contrast.pairs import Pairs
from fetal_hemo.contrast.two_views import equal

POSITIVES = ("view", "window", "visit", "woman")
IDENTITIES = ("other_visit", "other_woman", "same_woman")
LIKENESSES = ("same_device", "same_gestational_age", "same_heart_rate")
STRATA = IDENTITIES + LIKENESSES


@dataclass(frozen=True)
class PairRule:
    """What rows must share to be positives, and where negatives come from.

    `positives`: another `view` of the same window; any row of the same `window` (another view or
    another augmented copy); of the same `visit`; of the same `woman`. Each includes the one before.
    The label varies inside a woman, so `woman` teaches who she is: watch the re-identification.
    `negatives`: all of these must hold. `other_visit`, `other_woman`, `same_woman` (her other
    rows only; removes identity, Cheng et al. 2020, arXiv 2007.04871), `same_device`,
    `same_gestational_age`, `same_heart_rate` (hard negatives by metadata, arXiv 2605.00353). An
    anchor with fewer than `least` such negatives has those of the identity conditions alone.
    Raises ValueError for an unknown word or for conditions that exclude each other.
    """

    positives: str = "window"
    negatives: tuple[str, ...] = ("other_woman",)
    least: int = 1

    def __post_init__(self) -> None:
        unknown = [word for word in self.negatives if word not in STRATA]
        if self.positives not in POSITIVES or unknown:
            raise ValueError(f"no such pairs: {self.positives}, {', '.join(unknown)}")
        if {"other_woman", "same_woman"} <= set(self.negatives):
            raise ValueError("negatives of the same woman and of other women exclude each other")


def find_pairs(columns: PairColumns, rule: PairRule) -> Pairs:
    """`Pairs` of the rows by the rule.

    Rows of one window are never negatives, nor are positives; what is neither is left out.
    Raises ValueError for a row without a woman or a visit.
    """
    if (columns.woman == UNKNOWN).any() or (columns.visit == UNKNOWN).any():
        raise ValueError("every row needs a woman and a visit")
    holds = _conditions(columns)
    own = oneself(len(columns.woman), len(columns.woman), columns.woman.device)
    positive = holds[rule.positives] & ~own
    base = _all_hold(holds, rule.negatives, IDENTITIES, ~holds["window"] & ~positive)
    strict = _all_hold(holds, rule.negatives, LIKENESSES, base)
    enough = strict.sum(dim=1, keepdim=True) >= rule.least
    return Pairs(positive, (strict & enough) | (base & ~enough))


def patient_aware_pairs(
    columns: PairColumns, labels: Tensor, classmates: Literal["negative", "neutral"] = "neutral"
) -> Pairs:
    """`Pairs` whose positives are of the same woman and the same class `(rows,)`.

    Rows of another class are negatives; `classmates`, of the same class but another woman, are
    negatives too or left out (the safer default: two women with high pressure should not be
    driven apart). A negative label is left out. Patient-aware contrast, arXiv 2606.23570, whose
    denominator is not public: the choice is ours.
    """
    known = (labels >= 0)[:, None] & (labels >= 0)[None, :]
    same_class, same_woman = equal(labels, labels), equal(columns.woman, columns.woman)
    own = oneself(len(labels), len(labels), labels.device)
    negative = ~same_class
    if classmates == "negative":
        negative = negative | ~same_woman
    return Pairs(same_class & same_woman & known & ~own, negative & known)


def _conditions(columns: PairColumns) -> dict[str, Tensor]:
    """Bool `(rows, rows)` for every word of a rule."""
    woman = equal(columns.woman, columns.woman)
    visit = woman & equal(columns.visit, columns.visit)
    window = visit & equal(columns.window, columns.window)
    return {
        "view": window & ~equal(columns.view, columns.view),
        "window": window,
        "visit": visit,
        "woman": woman,
        "other_visit": ~visit,
        "other_woman": ~woman,
        "same_woman": woman,
        "same_device": _known_equal(columns.device),
        "same_gestational_age": _known_equal(columns.gestational_age),
        "same_heart_rate": _known_equal(columns.heart_rate),
    }


def _known_equal(column: Tensor) -> Tensor:
    return equal(column, column) & (column != UNKNOWN)[:, None]


def _all_hold(
    holds: dict[str, Tensor], chosen: tuple[str, ...], group: tuple[str, ...], start: Tensor
) -> Tensor:
    """`start` with every chosen condition of the group added."""
    return reduce(lambda mask, word: mask & holds[word], (w for w in chosen if w in group), start)
