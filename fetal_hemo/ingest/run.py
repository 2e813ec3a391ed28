"""From recordings in any format to a cohort: find -> hash -> plan -> copy -> manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.ingest.claim import claim, write_card
from fetal_hemo.ingest.entries import Entry, entries_of_files, entries_of_manifest
from fetal_hemo.ingest.key import check_key, write_key
from fetal_hemo.ingest.plan import Plan, make_plan, stored_sources
from fetal_hemo.ingest.rows import listed_row, manifest_csv, numbered_manifest, taken_ids
from fetal_hemo.ingest.summary import IngestSummary, PassedOver
from fetal_hemo.ingest.task import Copied, Failure, Options, copy_recording, hash_source
from fetal_hemo.ingest.unlisted import with_unlisted
from fetal_hemo.parallel import map_tasks
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recordings.cohort import MANIFEST, is_simulated
from fetal_hemo.recordings.recording import KNOWN_COLUMNS
from fetal_hemo.recordings.sidecar import Sidecar
from firmware_bridge.store import write_atomically

Result = TypeVar("Result")


def ingest(
    sources: Sequence[Path | str],
    out: Path | str,
    manifest: Path | str | None = None,
    rate_hz: float | None = None,
    signal: str | None = None,
    key: Path | str | None = None,
    jobs: int | None = None,
    dask: str | None = None,
    progress: Progress = silent,
) -> IngestSummary:
    """`IngestSummary` of a cohort made in `out`: the same bytes for any `jobs` or cluster.

    `sources` are folders and files, or with a `manifest` the one folder that its paths start from.
    `rate_hz` and `signal` are for files that do not say their rate or hold several signals.
    `key` is a file to make, apart from all folders, that says which source is which recording.
    `progress` is called with the steps done and their total: two for each source. A stopped run
    goes on where it was. A bad source is passed over and listed.

    Raises E-NOT-FOUND, E-EMPTY, E-MANIFEST or E-USAGE for what was asked, E-COHORT when `out` does
    not fit it or nothing could be read, E-STORAGE, E-WORKER, E-CLUSTER.
    """
    out, folders = Path(out), [Path(source) for source in sources]
    if key is not None:
        check_key(Path(key), out, folders)
    entries = _entries(folders, manifest, out)
    simulated = _any_simulated(folders, entries)
    options = {"rate_hz": rate_hz, "signal": signal, "numbered": manifest is None}
    with claim(out, options, simulated):
        steps = _Steps(2 * len(entries), progress)
        hashes = steps.all(map_tasks(hash_source, [e.real for e in entries], jobs, dask))
        taken = taken_ids(out / MANIFEST) if options["numbered"] else set()
        plan = make_plan(entries, hashes, stored_sources(out), taken, out)
        copy = partial(copy_recording, out.resolve(), Options(rate_hz, signal))
        copied = steps.all(map_tasks(copy, list(plan.tasks.values()), jobs, dask))
        steps.finish()
        outcomes = dict(zip(plan.tasks, copied, strict=True))
        summary = _finish(out, entries, plan, outcomes, options, simulated)
        if key is not None:  # last: a run that is stopped before has none, and can be run again
            write_key(Path(key), entries, outcomes)
    return summary if manifest is None else with_unlisted(summary, entries, folders[0], out)


def _entries(sources: Sequence[Path], manifest: Path | str | None, out: Path) -> list[Entry]:
    if manifest is None:
        return entries_of_files(sources, out)
    if len(sources) != 1 or not sources[0].is_dir():
        what = "a manifest goes with one folder, from which its paths start"
        raise FetalHemoError("E-USAGE", what, str(manifest), "name that folder")
    return entries_of_manifest(Path(manifest), sources[0])


def _any_simulated(sources: Sequence[Path], entries: Sequence[Entry]) -> bool:
    """Whether any source lies in a simulated cohort: its copy must never pass for real."""
    folders = {f for e in entries for f in e.real.parents[:2]}
    folders |= {source.resolve() for source in sources if source.is_dir()}
    return any(_is_simulated(folder) for folder in sorted(folders))


def _is_simulated(folder: Path) -> bool:
    try:
        return is_simulated(folder)
    except OSError:  # a folder that may not be entered: no recording of it is read either
        return False


class _Steps:
    """Results in the order of the items, and the progress of all passes together."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def all(self, tasks: Generator[tuple[int, Result], None, None]) -> list[Result]:
        """The results of one pass, by index."""
        results: dict[int, Result] = {}
        with closing(tasks) as finished:
            for index, result in finished:
                results[index] = result
                self.done += 1
                self.progress(self.done, self.total)
        return [results[index] for index in range(len(results))]

    def finish(self) -> None:
        """Report the end, when some sources were not worth a second step."""
        if self.done < self.total:
            self.progress(self.total, self.total)


def _finish(
    out: Path,
    entries: Sequence[Entry],
    plan: Plan,
    outcomes: dict[int, Copied | Failure],
    options: dict[str, Any],
    simulated: bool,
) -> IngestSummary:
    """Write the manifest, then the card, which says that the cohort is complete."""
    copied = {place: o for place, o in outcomes.items() if isinstance(o, Copied)}
    sidecars = {place: o.sidecar for place, o in copied.items()}
    passed_over = _passed_over(entries, plan, outcomes)
    if sidecars:
        content = _manifest(out, entries, sidecars, numbered=options["numbered"])
        write_atomically(out / MANIFEST, content)
        write_card(out, options, _card(content, len(sidecars), passed_over))
    seconds = sum(s.n_samples for s in sidecars.values()) / SAMPLE_RATE_HZ
    return IngestSummary(
        folder=out,
        recordings=len(copied),
        made=sum(o.made for o in copied.values()),
        hours=round(seconds / 3_600, 3),
        passed_over=passed_over,
        changed=plan.changed,
        several_channels=sum(s.source.channels > 1 for s in sidecars.values()),
        numbered=options["numbered"],
        kept_columns=tuple(n for n in entries[0].cells if n not in KNOWN_COLUMNS),
        simulated=simulated,
    )


def _passed_over(
    entries: Sequence[Entry], plan: Plan, outcomes: dict[int, Copied | Failure]
) -> tuple[PassedOver, ...]:
    """The sources that are not in the cohort, in their order."""
    failures = {**plan.failures, **{p: o for p, o in outcomes.items() if isinstance(o, Failure)}}
    return tuple(
        PassedOver(p + 1, entries[p].source, f.code, f.what, f.fix, plan.same_as.get(p))
        for p, f in sorted(failures.items())
    )


def _card(manifest: bytes, recordings: int, passed_over: Sequence[PassedOver]) -> dict[str, Any]:
    return {
        "complete": True,
        "recordings": recordings,
        "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
        "passed_over": [p.facts() for p in passed_over],
    }


def _manifest(
    out: Path, entries: Sequence[Entry], sidecars: dict[int, Sidecar], numbered: bool
) -> bytes:
    """The bytes of the manifest: rows of the source's, or numbered ones for a person to fill in."""
    if numbered:
        return numbered_manifest(out / MANIFEST, list(sidecars.values()))
    return manifest_csv([listed_row(entries[p], s) for p, s in sorted(sidecars.items())])
