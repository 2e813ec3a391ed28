"""Study ids in an order that nobody can tell from anything: drawn anew for every run."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fetal_hemo.recordings.recording import Recording

DIGITS = {"R": 4, "P": 4, "V": 4, "D": 2, "S": 2}


@dataclass(frozen=True)
class StudyIds:
    """New id of each old one: R0001 for a recording, P0001 for a woman, V0001, D01, S01."""

    recording: Mapping[str, str]
    participant: Mapping[str, str]
    visit: Mapping[str, str]
    device: Mapping[str, str]
    site: Mapping[str, str]


def draw_study_ids(
    recordings: Sequence[Recording], chance: random.Random | None = None
) -> StudyIds:
    """`StudyIds` numbered in random order, by default of the operating system's secret numbers."""
    chance = chance or random.SystemRandom()
    return StudyIds(
        recording=_numbered("R", (r.recording_id for r in recordings), chance),
        participant=_numbered("P", (r.participant_id for r in recordings), chance),
        visit=_numbered("V", (r.visit_id for r in recordings), chance),
        device=_numbered("D", (r.device_id for r in recordings), chance),
        site=_numbered("S", (r.site_id for r in recordings), chance),
    )


def _numbered(letter: str, old: Iterable[str | None], chance: random.Random) -> dict[str, str]:
    names = sorted({name for name in old if name is not None})
    chance.shuffle(names)
    width = max(DIGITS[letter], len(str(len(names))))
    return {name: f"{letter}{number:0{width}d}" for number, name in enumerate(names, start=1)}
