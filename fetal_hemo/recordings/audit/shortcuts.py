"""Whatever is not the fetus and yet goes with the label: what a network would learn first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import rankdata

from fetal_hemo.evaluation.auroc import clustered_auroc
from fetal_hemo.recordings.audit.association import (
    chi_square,
    cramers_v,
    permutation_p,
    rank_distance,
)
from fetal_hemo.recordings.audit.columns import Columns
from fetal_hemo.recordings.audit.counts import LabelledVisit
from fetal_hemo.recordings.audit.finding import Finding, warning

SUSPICIOUS_P = 0.05  # of any of the tests by chance, after Holm
WEAK_V, WEAK_AUROC = 0.1, 0.05  # in a large cohort even a harmless difference has a small p


@dataclass(frozen=True)
class Shortcut:
    """How strongly something goes with the label of visits; `p_value` by permutation of women.

    A `category` has Cramer's V (0 to 1) as `strength`, a `number` the AUROC (0.5 is none) with its
    interval clustered by woman. `p_holm` is corrected for all tests of the cohort.
    """

    name: str
    kind: str
    visits: int
    women: int
    levels: int | None
    strength: float
    low: float | None
    high: float | None
    p_value: float
    p_holm: float = 1.0

    @property
    def suspicious(self) -> bool:
        """Whether it is more than chance and more than a trifle."""
        weak = WEAK_V if self.kind == "category" else WEAK_AUROC
        far = self.strength if self.kind == "category" else abs(self.strength - 0.5)
        return self.p_holm < SUSPICIOUS_P and far >= weak


def find_shortcuts(columns: Columns, labelled: Sequence[LabelledVisit]) -> list[Shortcut]:
    """A `Shortcut` for each column that can be tested on the labelled visits, smallest p first."""
    found = [_category(name, text_of, labelled) for name, text_of in columns.texts.items()]
    found += [_number(name, number_of, labelled) for name, number_of in columns.numbers.items()]
    return holm([shortcut for shortcut in found if shortcut is not None])


def _category(
    name: str, text_of: Mapping[str, str], labelled: Sequence[LabelledVisit]
) -> Shortcut | None:
    visits = [visit for visit in labelled if visit.visit_id in text_of]
    names, level = np.unique([text_of[v.visit_id] for v in visits], return_inverse=True)
    label, women = _labels(visits)
    if len(names) < 2 or not 0 < label.sum() < len(label):
        return None
    p_value = permutation_p(lambda other: chi_square(level, other), label, women)
    return Shortcut(
        name=name,
        kind="category",
        visits=len(visits),
        women=len(set(women)),
        levels=len(names),
        strength=cramers_v(level, label),
        low=None,
        high=None,
        p_value=p_value,
    )


def _number(
    name: str, number_of: Mapping[str, float], labelled: Sequence[LabelledVisit]
) -> Shortcut | None:
    visits = [visit for visit in labelled if visit.visit_id in number_of]
    value = np.array([number_of[visit.visit_id] for visit in visits])
    label, women = _labels(visits)
    if len(set(value)) < 2 or not 0 < label.sum() < len(label):
        return None
    auroc = clustered_auroc(value, label, women)
    assert auroc.value is not None  # both labels are there
    rank = rankdata(value)
    return Shortcut(
        name=name,
        kind="number",
        visits=len(visits),
        women=len(set(women)),
        levels=None,
        strength=auroc.value,
        low=auroc.low,
        high=auroc.high,
        p_value=permutation_p(lambda other: rank_distance(rank, other), label, women),
    )


def _labels(visits: Sequence[LabelledVisit]) -> tuple[np.ndarray, list[str]]:
    label = np.array([float(visit.positive) for visit in visits])
    return label, [visit.woman for visit in visits]


def holm(found: Sequence[Shortcut]) -> list[Shortcut]:
    """The shortcuts by rising p, with `p_holm` (Holm 1979, Scand J Stat 6:65)."""
    corrected: list[Shortcut] = []
    largest = 0.0
    for place, shortcut in enumerate(sorted(found, key=lambda s: (s.p_value, s.name))):
        largest = min(1.0, max(largest, (len(found) - place) * shortcut.p_value))
        corrected.append(replace(shortcut, p_holm=largest))
    return corrected


def shortcut_findings(found: Sequence[Shortcut]) -> Iterator[Finding]:
    """A warning for each suspicious one."""
    for shortcut in found:
        if shortcut.suspicious:
            measure = "Cramer's V" if shortcut.kind == "category" else "AUROC"
            text = f"{shortcut.name} goes with the label ({measure} {shortcut.strength:.2f})"
            yield warning("shortcuts", text + ": a model can learn it instead of the fetus")
