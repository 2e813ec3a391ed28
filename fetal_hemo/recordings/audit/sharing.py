"""Sound that stands in a cohort more than once, and whether it would leak between folds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fetal_hemo.progress import Progress
from fetal_hemo.recordings.audit.audio_check import AudioCheck
from fetal_hemo.recordings.audit.finding import Finding, defect, warning
from fetal_hemo.recordings.audit.twins import Twin, find_twins
from fetal_hemo.recordings.cohort import audio_path
from fetal_hemo.recordings.recording import Recording


@dataclass(frozen=True)
class Shared:
    """Two recordings with the same sound; `twin` is None when the files are equal bytes."""

    first: Recording
    second: Recording
    twin: Twin | None

    @property
    def relation(self) -> str:
        """Whose they are: one `visit`, one `woman`'s, or two `women`'s."""
        if self.first.participant_id != self.second.participant_id:
            return "women"
        return "visit" if self.first.visit_id == self.second.visit_id else "woman"

    def words(self) -> str:
        """What is shared and how it differs."""
        if self.twin is None:
            return "the same audio"
        return f"the same sound ({self.twin.words()})"


def find_shared(
    folder: Path, recordings: Sequence[Recording], audio: AudioCheck, progress: Progress
) -> list[Shared]:
    """All `Shared` pairs: equal files against the first of them, the rest by their sound."""
    first_of: dict[str, Recording] = {}
    equal, single = [], []
    for recording in recordings:
        facts = audio.facts.get(recording.row)
        if facts is None:
            continue
        first = first_of.setdefault(facts.sha256, recording)
        if first is recording:
            single.append(recording)
        else:
            equal.append(Shared(first, recording, None))
    prints = [audio.facts[r.row].landmarks for r in single]
    paths = [audio_path(folder, r) for r in single]
    twins = [
        Shared(single[twin.first], single[twin.second], twin)
        for twin in find_twins(prints, paths, progress)
    ]
    return equal + twins


def sharing_findings(shared: Sequence[Shared], fold_of: Mapping[str, str]) -> Iterator[Finding]:
    """A defect for sound of two women, visits or folds, a warning within one visit.

    `fold_of` names the fold of each participant; empty without a split.
    """
    for pair in shared:
        text = f"row {pair.second.row}: {pair.words()} as row {pair.first.row}"
        folds = [fold_of.get(r.participant_id) for r in (pair.first, pair.second)]
        if pair.relation == "women":
            where = ", of another participant"
            if folds[0] != folds[1]:
                where += f" and in another fold ({folds[1]}, {folds[0]})"
            yield defect("shared audio", text + where)
        elif pair.relation == "woman":
            yield defect("shared audio", f"{text}, at another visit of the woman")
        else:
            yield warning("shared audio", f"{text}, of the same visit")
