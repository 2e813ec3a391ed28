"""One woman under two names: ids spelled differently, or records that agree visit by visit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from fetal_hemo.recordings.audit.finding import Finding, rows_text, warning
from fetal_hemo.recordings.recording import Recording

AGREEING_VISITS = 2  # age in days and both pressures: by chance once in 10^5 pairs of visits
MOST_SHARING = 20  # women who share one record: more are a default value, not a woman

Record = tuple[float, float, float]


def women_findings(recordings: Sequence[Recording]) -> Iterator[Finding]:
    """Warnings on participants who may be one woman; only rows are named."""
    first_row: dict[str, int] = {}
    for recording in recordings:
        first_row.setdefault(recording.participant_id, recording.row)
    for women in _spelled_alike(first_row):
        rows = rows_text(first_row[woman] for woman in women)
        text = f"{rows}: participant ids that differ only in spelling: one woman?"
        yield warning("women", text)
    for one, other in _agreeing(recordings):
        text = f"rows {first_row[one]} and {first_row[other]}: two participants with the same"
        yield warning("women", f"{text} ages and pressures at several visits: one woman?")


def same_woman_pairs(recordings: Sequence[Recording]) -> list[tuple[str, str, str]]:
    """Two participants who may be one woman, and why, by the same tests as `women_findings`."""
    ids = dict.fromkeys((r.participant_id for r in recordings), 0)
    alike = [(one, other) for names in _spelled_alike(ids) for one, other in combinations(names, 2)]
    return [
        *((one, other, "ids that differ only in spelling") for one, other in alike),
        *((one, other, "the same ages and pressures") for one, other in _agreeing(recordings)),
    ]


def _spelled_alike(ids: Mapping[str, int]) -> list[list[str]]:
    """Ids that are equal without capitals, signs and leading zeros."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in ids:
        parts = re.findall(r"[^\W\d_]+|\d+", name.casefold())
        key = " ".join(part.lstrip("0") or "0" for part in parts)
        alike[key or name].append(name)
    return [names for names in alike.values() if len(names) > 1]


def _agreeing(recordings: Sequence[Recording]) -> list[tuple[str, str]]:
    """Pairs of participants with at least two records in common and none of them contradicted."""
    records: dict[str, set[Record]] = defaultdict(set)
    facts: dict[str, Recording] = {}
    for r in recordings:
        facts.setdefault(r.participant_id, r)
        if r.gestational_age_days and r.sbp_mmhg and r.dbp_mmhg:
            records[r.participant_id].add((r.gestational_age_days, r.sbp_mmhg, r.dbp_mmhg))
    owners: dict[Record, list[str]] = defaultdict(list)
    for woman, its in records.items():
        for record in its:
            owners[record].append(woman)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for women in owners.values():
        for pair in combinations(sorted(women), 2) if len(women) <= MOST_SHARING else ():
            shared[pair] += 1
    return sorted(
        pair
        for pair, count in shared.items()
        if count >= AGREEING_VISITS and not _contradict(facts[pair[0]], facts[pair[1]])
    )


def _contradict(one: Recording, other: Recording) -> bool:
    """Whether the mothers' ages are more than a year apart."""
    ages = (one.maternal_age_years, other.maternal_age_years)
    return None not in ages and abs((ages[0] or 0) - (ages[1] or 0)) > 1
