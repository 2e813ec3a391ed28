"""How many recordings, visits and women a cohort has, by blood-pressure class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.recordings.bp import class_of, is_positive
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.settings import Labels


@dataclass(frozen=True)
class LabelledVisit:
    """A visit with a cuff reading; of several readings the highest class counts."""

    visit_id: str
    woman: str
    bp_class: int

    @property
    def positive(self) -> bool:
        """Whether it is at or above the thresholds of the end point."""
        return bool(is_positive(self.bp_class))


@dataclass(frozen=True)
class Counts:
    """Numbers of a cohort; `classes` holds visits and women of each class."""

    recordings: int = 0
    women: int = 0
    visits: int = 0
    labelled: tuple[LabelledVisit, ...] = ()
    classes: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def positive_of(self) -> dict[str, bool]:
        """Whether each woman with a reading has a positive visit."""
        found: dict[str, bool] = {}
        for visit in self.labelled:
            found[visit.woman] = found.get(visit.woman, False) or visit.positive
        return found


def count(recordings: Sequence[Recording], labels: Labels) -> Counts:
    """The `Counts` of recordings with these thresholds."""
    highest: dict[str, LabelledVisit] = {}
    visits: dict[int, set[str]] = defaultdict(set)
    women: dict[int, set[str]] = defaultdict(set)
    for r in recordings:
        index = class_of(r, labels)
        if index is None:
            continue
        visits[index].add(r.visit_id)
        women[index].add(r.participant_id)
        if r.visit_id not in highest or highest[r.visit_id].bp_class < index:
            highest[r.visit_id] = LabelledVisit(r.visit_id, r.participant_id, index)
    return Counts(
        recordings=len(recordings),
        women=len({r.participant_id for r in recordings}),
        visits=len({r.visit_id for r in recordings}),
        labelled=tuple(highest.values()),
        classes={
            name: {"visits": len(visits[i]), "women": len(women[i])}
            for i, name in enumerate(BP_CLASSES)
        },
    )
