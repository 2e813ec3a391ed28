"""Which source becomes which recording: the same answer however often a run is stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.ingest.entries import Entry
from fetal_hemo.ingest.task import CopyTask, Failure
from fetal_hemo.recordings.sidecar import AUDIO, parse_sidecar


@dataclass(frozen=True)
class Plan:
    """What to copy and what is passed over, by place in the list of entries."""

    tasks: dict[int, CopyTask]
    failures: dict[int, Failure]
    same_as: dict[int, str]  # of a duplicate: the recording that has the content
    changed: tuple[str, ...]  # recordings whose source is another one than before


def stored_sources(out: Path) -> dict[str, str]:
    """The sha256 of the source of each recording whose sidecar is in the cohort, by its id."""
    found = {}
    for path in sorted((out / AUDIO).glob("*.json")):
        try:
            sidecar = parse_sidecar(path.read_bytes())
        except (OSError, ValueError):
            continue  # damaged: made again
        found[sidecar.recording_id] = sidecar.source.sha256
    return found


def make_plan(
    entries: Sequence[Entry],
    hashes: Sequence[str | Failure],
    stored: Mapping[str, str],
    taken: Set[str],
    out: Path,
) -> Plan:
    """The `Plan` of sources with these hashes, for a cohort in which `stored` is there already.

    A source that another one repeats is passed over. Recordings without an id of their own are
    numbered in order, past the ids `taken` by others; content that is stored keeps its number.

    Raises E-COHORT when the cohort holds a recording that is not of these entries.
    """
    failures = {place: h for place, h in enumerate(hashes) if isinstance(h, Failure)}
    failures |= _not_as_listed(entries, hashes)
    first: dict[str, int] = {}
    repeats: dict[int, int] = {}
    for place, sha256 in enumerate(hashes):
        if place not in failures and first.setdefault(str(sha256), place) != place:
            repeats[place] = first[str(sha256)]
    ids = _ids(entries, hashes, stored, taken, repeats)
    _refuse_strangers({ids[place] for place in ids if place not in failures}, stored, out)
    failures |= {p: _duplicate(ids[f], entries[f].source) for p, f in repeats.items()}
    tasks = {
        place: CopyTask(entry.real, ids[place], str(hashes[place]), _device(entry))
        for place, entry in enumerate(entries)
        if place not in failures
    }
    changed = [
        t.recording_id for t in tasks.values() if stored.get(t.recording_id, t.sha256) != t.sha256
    ]
    return Plan(tasks, failures, {p: ids[f] for p, f in repeats.items()}, tuple(changed))


def _duplicate(recording_id: str, first: Path) -> Failure:
    """Told with the file that was taken: the number alone says nothing to whoever has the files."""
    return Failure("E-DUPLICATE", f"the same as {recording_id} ({first})")


def _device(entry: Entry) -> str | None:
    return entry.recording.device_id if entry.recording else None


def _not_as_listed(entries: Sequence[Entry], hashes: Sequence[str | Failure]) -> dict[int, Failure]:
    """Sources that are not the ones whose sha256 the manifest gives."""
    what, fix = "not the bytes whose sha256 the manifest gives", "copy it again"
    return {
        place: Failure("E-DAMAGED", what, fix)
        for place, (entry, found) in enumerate(zip(entries, hashes, strict=True))
        if isinstance(found, str)
        and entry.recording
        and entry.recording.sha256 not in (None, found)
    }


def _ids(
    entries: Sequence[Entry],
    hashes: Sequence[str | Failure],
    stored: Mapping[str, str],
    taken: Set[str],
    repeats: Mapping[int, int],
) -> dict[int, str]:
    """The id of each entry but the repeats.

    New content takes the lowest free numbers in order: a resumed run gives each the number that the
    stopped one gave it.
    """
    id_of = {sha256: recording_id for recording_id, sha256 in stored.items()}
    free = _free_numbers(stored.keys() | taken)
    ids: dict[int, str] = {}
    for place, (entry, sha256) in enumerate(zip(entries, hashes, strict=True)):
        if place in repeats:
            continue
        if entry.recording is not None:
            ids[place] = entry.recording.recording_id
        elif sha256 in id_of:
            ids[place] = id_of[str(sha256)]
        else:
            ids[place] = next(free)
    return ids


def _free_numbers(taken: Set[str]) -> Iterator[str]:
    return (name for n in count(1) if (name := f"R{n:04d}") not in taken)


def _refuse_strangers(present: set[str], stored: Mapping[str, str], out: Path) -> None:
    """A copy whose source has gone or changed its content must be dealt with by a person."""
    strangers = sorted(set(stored) - present)
    if strangers:
        more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
        what = f"the source of {strangers[0]}{more} has changed or is gone since it was ingested"
        fix = f"delete {AUDIO}/{strangers[0]}.* to drop or renew it, or choose an empty folder"
        raise FetalHemoError("E-COHORT", what, str(out), fix)
