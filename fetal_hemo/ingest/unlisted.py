"""Sound beside the files that a manifest names: forgotten, or spelt otherwise in its row."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fetal_hemo.ingest.entries import Entry
from fetal_hemo.ingest.search import search
from fetal_hemo.ingest.summary import IngestSummary, PassedOver
from fetal_hemo.recordings.real_path import real_path


def with_unlisted(
    summary: IngestSummary, entries: Sequence[Entry], folder: Path, out: Path
) -> IngestSummary:
    """The summary with the files in `folder` that no row names.

    A row whose file is not there gets the one that it may mean.
    """
    unlisted = _unlisted(entries, folder, out)
    passed_over = tuple(_with_hint(p, folder, unlisted) for p in summary.passed_over)
    return replace(summary, unlisted=unlisted, passed_over=passed_over)


def _unlisted(entries: Sequence[Entry], folder: Path, out: Path) -> tuple[Path, ...]:
    """The paths from `folder` on."""
    found: dict[Path, Path] = {}
    for path in search(folder, out):
        if os.path.isfile(path):  # the search also tells of folders that cannot be listed
            found.setdefault(real_path(path), path.relative_to(folder))
    named = {entry.real for entry in entries}
    return tuple(path for real, path in found.items() if real not in named)


def _with_hint(passed: PassedOver, folder: Path, unlisted: Sequence[Path]) -> PassedOver:
    if passed.code != "E-NOT-FOUND":
        return passed
    wanted = str(passed.source.relative_to(folder)).casefold()
    near = [path for path in unlisted if str(path).casefold() == wanted]
    return replace(passed, fix=f"did you mean {near[0]}?") if near else passed
