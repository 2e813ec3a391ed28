"""Which real rhythm a visit gets: it follows from (seed, woman, visit) and the library alone.

A woman keeps one rhythm, since she carries one fetus; each visit hears another stretch of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.simulate.real_rhythm.clock import real_clock
from fetal_hemo.simulate.real_rhythm.entry import Entry
from fetal_hemo.simulate.real_rhythm.rhythms import RhythmLibrary
from fetal_hemo.simulate.real_rhythm.stretch import (
    LONGEST_GAP_S,
    MOST_LOST,
    Stretch,
    choose_stretch,
    possible_starts,
)
from fetal_hemo.simulate.rhythm import BeatClock
from fetal_hemo.simulate.streams import Purpose, stream


@dataclass(frozen=True)
class Borrowed:
    """The clock of a visit, the stretch it was taken from, and whose it is."""

    clock: BeatClock
    stretch: Stretch
    entry: Entry

    def truth(self) -> dict[str, Any]:
        """JSON-ready: the rhythm's id, kind and place, and the labels that travel along."""
        return {
            "id": self.entry.rhythm_id,
            "kind": self.entry.series.kind,
            "start_s": self.stretch.start_s,
            "bridged_share": round(self.stretch.lost_share, 4),
            "gestational_age_days": self.entry.gestational_age_days,
            "labels": self.entry.labels,
        }


def borrow(library: RhythmLibrary, seed: int, woman: int, visit: int, seconds: float) -> Borrowed:
    """The `Borrowed` rhythm of a visit. Raises E-COHORT where no series is long enough."""
    entry = entry_of(library, seed, woman, seconds)
    rng = stream(seed, Purpose.REAL_RHYTHM, woman, visit)
    chosen = choose_stretch(entry.series, seconds, rng)
    return Borrowed(real_clock(entry.series, chosen, rng), chosen, entry)


def entry_of(library: RhythmLibrary, seed: int, woman: int, seconds: float) -> Entry:
    """The entry of a woman, among those with a stretch of that length. Raises E-COHORT.

    Women get different entries until all are lent; then the order begins anew, and women who are
    as many numbers apart as there are usable entries share one.
    """
    entries = usable(library, seconds)
    order = stream(seed, Purpose.REAL_RHYTHM).permutation(len(entries))
    return entries[int(order[woman % len(entries)])]


@lru_cache(maxsize=4)
def usable(library: RhythmLibrary, seconds: float) -> tuple[Entry, ...]:
    """The entries that hold a stretch of that length. Raises E-COHORT without any."""
    entries = tuple(e for e in library.entries if len(possible_starts(e.series.bpm(), seconds)))
    if not entries:
        what = (
            f"none of {len(library.entries)} real rhythms holds {seconds:g} s with at most "
            f"{MOST_LOST:.0%} lost and no gap above {LONGEST_GAP_S:g} s"
        )
        raise FetalHemoError("E-COHORT", what, str(library.folder), "make shorter recordings")
    return entries
