"""Every audio file of a cohort, decoded once: readable, the one that was meant, and intact."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.parallel import map_tasks
from fetal_hemo.progress import Progress
from fetal_hemo.recordings.audit.facts import AudioFacts, facts_of
from fetal_hemo.recordings.audit.finding import Finding, defect, warning
from fetal_hemo.recordings.cohort import audio_path
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.stored import stored_defects
from firmware_bridge.audio import read_audio

WORTH_PROCESSES = 50 * 2**20  # bytes of audio; with less, one process is done before others start


@dataclass
class AudioCheck:
    """`facts` by row of what could be read, and the findings of what could not."""

    facts: dict[int, AudioFacts] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def readable(self) -> int:
        """How many could be read."""
        return len(self.facts)

    @property
    def seconds(self) -> float:
        """Length of all that could be read."""
        return sum(facts.duration_s for facts in self.facts.values())

    @property
    def shortest_s(self) -> float | None:
        """Length of the shortest that could be read."""
        return min((facts.duration_s for facts in self.facts.values()), default=None)


@dataclass(frozen=True)
class _Seen:
    """What a worker sends back of one file."""

    facts: AudioFacts | None
    findings: list[Finding]


def check_audio(
    folder: Path,
    recordings: Sequence[Recording],
    progress: Progress,
    jobs: int | None = None,
    dask: str | None = None,
) -> AudioCheck:
    """The `AudioCheck` of all recordings; an unreadable file never stops it.

    `progress` is called with (done, total) after each file; `jobs` and `dask` are those of
    `map_tasks`.
    """
    seen: dict[int, _Seen] = {}
    if jobs is None and dask is None and _bytes(folder, recordings) < WORTH_PROCESSES:
        jobs = 1
    for index, result in map_tasks(partial(_look, folder), recordings, jobs, dask):
        seen[index] = result
        progress(len(seen), len(recordings))
    found = AudioCheck()
    for index, recording in enumerate(recordings):
        facts = seen[index].facts
        if facts is not None:
            found.facts[recording.row] = facts
        found.findings += seen[index].findings
    return found


def _bytes(folder: Path, recordings: Sequence[Recording]) -> int:
    total = 0
    for recording in recordings:
        with suppress(OSError, ValueError):  # a file that is not there is told where it is read
            total += (folder / recording.path).stat().st_size
    return total


def _look(folder: Path, recording: Recording) -> _Seen:
    findings = [defect("integrity", text) for text in stored_defects(folder, recording)]
    try:
        path = audio_path(folder, recording)
        audio = read_audio(path)
    except FetalHemoError as error:
        text = f"row {recording.row}: {error.code}: {error.what}"
        return _Seen(None, [*findings, defect("audio", text)])
    facts = facts_of(audio, path)
    if audio.channels > 1:
        text = f"{audio.channels} channels, of which only the first is compared"
        findings.append(warning("channels", f"row {recording.row}: {text}"))
    findings += [
        defect("integrity", f"row {recording.row}: {text}")
        for text in _mismatches(recording, facts)
    ]
    return _Seen(facts, findings)


def _mismatches(recording: Recording, facts: AudioFacts) -> list[str]:
    """Where the file is not what the manifest says it is."""
    texts = []
    if recording.sha256 not in (None, facts.sha256):
        texts.append("the audio is not the one whose sha256 was recorded")
    rate = recording.sample_rate_hz
    if rate not in (None, facts.source_rate_hz):
        texts.append(f"sampled at {facts.source_rate_hz} Hz, the manifest says {rate:g}")
    expected = (recording.n_samples or 0) / facts.source_rate_hz
    if recording.n_samples and abs(expected - facts.duration_s) > 0.01:
        texts.append(f"lasts {facts.duration_s:.2f} s, the manifest's n_samples say {expected:.2f}")
    return texts
