"""Visits of a woman in time: their numbers, their gestational ages, and what cannot be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fetal_hemo.recordings.audit.finding import Finding, rows_text, warning
from fetal_hemo.recordings.recording import Recording

LONGEST_GAP_DAYS = 182.0  # half a year without a visit: two pregnancies, or a wrong date


@dataclass(frozen=True)
class Visit:
    """One visit of a woman; None where the manifest says nothing or contradicts itself."""

    row: int
    visit_id: str
    order: int | None
    age_days: float | None


def order_findings(recordings: Sequence[Recording]) -> Iterator[Finding]:
    """Warnings on visits that stand in an order or at a distance which cannot be."""
    women: dict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        women[recording.participant_id].append(recording)
    visits = [_visits(its) for its in women.values()]
    for rows, text in (
        (_several(recordings), "one visit has several visit_order"),
        (_repeated(visits), "two visits of a woman have the same visit_order"),
        (_backwards(visits), "gestational age falls from a visit to the next in visit_order"),
        (_far_apart(visits), f"more than {LONGEST_GAP_DAYS:.0f} days after the visit before"),
        (_same_day(visits), "two visits of a woman at the same gestational age: one visit?"),
    ):
        if rows:
            yield warning("order", f"{rows_text(rows)}: {text}")


def _visits(recordings: Iterable[Recording]) -> list[Visit]:
    """The visits of a woman by visit_order, then by age."""
    first: dict[str, Recording] = {}
    for recording in recordings:
        first.setdefault(recording.visit_id, recording)
    visits = [
        Visit(r.row, r.visit_id, r.visit_order, r.gestational_age_days) for r in first.values()
    ]
    return sorted(visits, key=lambda v: (v.order is None, v.order or 0, v.age_days or 0.0))


def _several(recordings: Iterable[Recording]) -> list[int]:
    order_of: dict[str, int | None] = {}
    return [
        r.row for r in recordings if order_of.setdefault(r.visit_id, r.visit_order) != r.visit_order
    ]


def _repeated(women: Iterable[list[Visit]]) -> list[int]:
    return [
        later.row
        for visits in women
        for earlier, later in pairwise(visits)
        if later.order is not None and earlier.order == later.order
    ]


def _backwards(women: Iterable[list[Visit]]) -> list[int]:
    rows = []
    for visits in women:
        dated = [v for v in visits if v.order is not None and v.age_days is not None]
        rows += [b.row for a, b in pairwise(dated) if (b.age_days or 0) < (a.age_days or 0)]
    return rows


def _ages(visits: Iterable[Visit]) -> list[tuple[float, int]]:
    return sorted((v.age_days, v.row) for v in visits if v.age_days is not None)


def _far_apart(women: Iterable[list[Visit]]) -> list[int]:
    return [
        row
        for visits in women
        for (before, _), (after, row) in pairwise(_ages(visits))
        if after - before > LONGEST_GAP_DAYS
    ]


def _same_day(women: Iterable[list[Visit]]) -> list[int]:
    return [
        row
        for visits in women
        for (before, _), (after, row) in pairwise(_ages(visits))
        if after == before
    ]
