"""CTU-UHB as a rhythm-only cohort: heart rate at 4 Hz, clinical labels, folds of women."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recordings.cohort import CARD, MANIFEST
from fetal_hemo.recordings.folds import make_folds, write_folds
from fetal_hemo.recordings.public.clinical import LABELS, outcomes, woman_cells
from fetal_hemo.recordings.public.ctu_uhb_card import ctu_uhb_card
from fetal_hemo.recordings.public.kept import Kept, keep, kept_before
from fetal_hemo.recordings.public.rhythm_cohort import SPLITS, read_card
from fetal_hemo.recordings.public.source import Source
from fetal_hemo.recordings.table import csv_bytes
from firmware_bridge.errors import EXIT_DATA
from firmware_bridge.store import make_folder, write_atomically

PASSED_OVER = "passed_over.csv"
DEFAULT_FOLDS = 5


@dataclass(frozen=True)
class PublicCohort:
    """What was made: counts of women, of those with each label, and what was passed over."""

    women: int
    positive: Mapping[str, int]
    passed_over: Sequence[tuple[str, str]]  # (record, the error's line)


def make_ctu_uhb(
    out: Path | str,
    folder: Path | str | None = None,
    k: int = DEFAULT_FOLDS,
    seed: int = 0,
    progress: Progress = silent,
) -> PublicCohort:
    """The cohort in `out`, from the records in `folder`, or from PhysioNet without one.

    A record that cannot be read is passed over and listed; an interrupted call goes on where it
    was. `progress` is called with (done, total). Raises E-NOT-FOUND without any record,
    E-NETWORK, E-COHORT if `out` holds something else, E-SPLIT or E-STORAGE.
    """
    out, source = Path(out), Source(None if folder is None else Path(folder))
    names = source.names()
    _claim(out, ctu_uhb_card(k, seed))
    kept, passed_over = _collect(out, source, names, progress)
    if not kept:
        raise FetalHemoError("E-COHORT", f"none of {len(names)} records can be read", str(out))
    rows = [_row(record) for record in kept]
    strata = {row["participant_id"]: _stratum(row) for row in rows}
    write_folds(make_folds(strata, k, seed), out / SPLITS)
    write_atomically(out / PASSED_OVER, _csv([{"record": n, "why": w} for n, w in passed_over]))
    write_atomically(out / MANIFEST, _csv(rows))  # last: with it the cohort is complete
    positive = {label: sum(row[label] == "1" for row in rows) for label in LABELS}
    return PublicCohort(len(rows), positive, passed_over)


def _claim(out: Path, card: dict[str, Any]) -> None:
    """Put the card into an empty folder, or see that the same one is there."""
    make_folder(out)
    if (out / CARD).exists():
        if read_card(out) != card:
            fix = "use the same folds and seed, or another folder"
            raise FetalHemoError("E-COHORT", "the folder holds another cohort", str(out), fix)
        return
    if any(not path.name.startswith(".") for path in out.iterdir()):
        fix = "choose an empty folder"
        raise FetalHemoError("E-COHORT", "the place is taken by something else", str(out), fix)
    write_atomically(out / CARD, (json.dumps(card, indent=1) + "\n").encode())


def _collect(
    out: Path, source: Source, names: Sequence[str], progress: Progress
) -> tuple[list[Kept], list[tuple[str, str]]]:
    kept, passed_over = [], []
    for done, name in enumerate(names, start=1):
        try:
            kept.append(kept_before(out, name) or keep(out, name, source.read(name)))
        except FetalHemoError as error:
            if error.exit_status != EXIT_DATA or error.code == "E-NETWORK":
                raise
            passed_over.append((name, error.line()))
        progress(done, len(names))
    return kept, passed_over


def _row(record: Kept) -> dict[str, str]:
    """A row of the manifest. Every record is of another woman."""
    return {
        "recording_id": record.name,
        "participant_id": f"ctu-uhb-{record.name}",
        "visit_id": f"ctu-uhb-{record.name}-1",
        "path": record.path,
        **woman_cells(record.clinical),
        "sbp_mmhg": "",
        "dbp_mmhg": "",
        "sha256": record.sha256,
        "n_samples": str(record.n_samples),
        **outcomes(record.clinical).cells(),
    }


def _stratum(row: Mapping[str, str]) -> str:
    return " ".join(f"{label}={row[label] or '?'}" for label in LABELS)


def _csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    """A table under the columns of its first row; without rows only what `passed_over` has."""
    return csv_bytes(list(rows[0]) if rows else ["record", "why"], rows)
