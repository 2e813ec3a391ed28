"""Missing values, ranges, and cuff readings that contradict each other or were rounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from fetal_hemo.recordings.audit.finding import Finding, warning
from fetal_hemo.recordings.recording import KNOWN_COLUMNS, Recording

MEASURES = ("gestational_age_days", "sbp_mmhg", "dbp_mmhg", "maternal_age_years", "bmi_kg_m2")
MANY_MISSING = 0.2
ENOUGH_READINGS = 40
ROUNDED = 0.5  # a fair cuff ends in 0 once in 10, one that shows even numbers once in 5


def missing_shares(recordings: Sequence[Recording]) -> dict[str, float]:
    """Share of rows without a value, by known column."""
    return {
        column: sum(getattr(r, column) is None for r in recordings) / len(recordings)
        for column in KNOWN_COLUMNS
    }


def value_ranges(recordings: Sequence[Recording]) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of each measure that has any."""
    found = {}
    for column in MEASURES:
        values = [getattr(r, column) for r in recordings if getattr(r, column) is not None]
        if values:
            found[column] = (min(values), max(values))
    return found


def value_findings(recordings: Sequence[Recording]) -> Iterator[Finding]:
    """Warnings on missing ages, visits with several readings, and rounded readings."""
    share = missing_shares(recordings)["gestational_age_days"]
    if share > MANY_MISSING:
        yield warning("missing", f"gestational_age_days is missing in {share:.0%} of the rows")
    yield from _several(recordings)
    for column in ("sbp_mmhg", "dbp_mmhg"):
        values = {r.visit_id: getattr(r, column) for r in recordings}
        known = [value for value in values.values() if value is not None]
        rounded = sum(value % 10 == 0 for value in known)
        if len(known) >= ENOUGH_READINGS and rounded > ROUNDED * len(known):
            text = f"{rounded / len(known):.0%} of {column} end in 0: rounded readings move visits"
            yield warning("pressures", f"{text} across the thresholds")


def _several(recordings: Sequence[Recording]) -> Iterator[Finding]:
    """A visit has one blood pressure and one gestational age."""
    for columns, name, topic in (
        (("sbp_mmhg", "dbp_mmhg"), "blood pressures", "pressures"),
        (MEASURES[:1], "ages", "order"),
    ):
        found: dict[str, set[tuple[float, ...]]] = defaultdict(set)
        for r in recordings:
            values = tuple(getattr(r, column) for column in columns)
            if None not in values:
                found[r.visit_id].add(values)
        several = sum(len(values) > 1 for values in found.values())
        if several:
            yield warning(topic, f"{several} visits have several {name}")
