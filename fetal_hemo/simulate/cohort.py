"""A simulated cohort as a folder: manifest, audio, truth, and the card that says it is simulated.

Every recording follows from the parameters and its own address, so any number of processes gives
the same bytes, and a run that stopped goes on with what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fetal_hemo.confounders import USUAL
from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.parallel import map_tasks
from fetal_hemo.recordings.cohort import TRUTH
from fetal_hemo.recordings.table import csv_bytes
from fetal_hemo.simulate.blood_pressure import POSITIVE_MMHG
from fetal_hemo.simulate.card import Parameters, claim
from fetal_hemo.simulate.cohort_oracle import FILE as ORACLE
from fetal_hemo.simulate.cohort_oracle import cohort_oracle
from fetal_hemo.simulate.files import AUDIO, finished, make_recording
from fetal_hemo.simulate.limits import check_limits
from fetal_hemo.simulate.real_rhythm import RhythmLibrary, usable
from fetal_hemo.simulate.rows import manifest_row
from fetal_hemo.simulate.woman import draw_woman
from firmware_bridge.store import drop_unfinished, write_atomically


@dataclass(frozen=True)
class CohortSummary:
    """What a simulated cohort holds; `made` of its recordings are new."""

    folder: Path
    women: int
    recordings: int
    labelled: int
    positive: int
    hours: float
    made: int
    oracle_auroc: float | None  # of Bayes' rule on the true latents; None without both classes
    simulated: bool = True


def simulate_cohort(
    out: Path,
    women: int = 40,
    seed: int = 0,
    effect: float = 1.0,
    minutes: float = 2.0,
    prevalence: float = 0.05,
    confounders: tuple[str, ...] = USUAL,
    sample_rate_hz: int = SAMPLE_RATE_HZ,
    rhythm: RhythmLibrary | None = None,
    jobs: int | None = None,
    dask: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CohortSummary:
    """`CohortSummary` of a simulated cohort written to `out`: the same bytes for any `jobs`.

    `effect` scales what placental insufficiency does to the fetal heart; 0 removes all relation
    of pressure to anything. `prevalence` is the share of visits with a reading >= 140/90.
    `confounders` are names of `CONFOUNDERS` that go with pressure. `sample_rate_hz` is that of the
    files; sound is made at 4 kHz. With a `rhythm` library the hearts beat as real ones did, which
    know nothing of the simulated pressure; the labels of their records go into the manifest.
    `jobs` is the number of processes, by default one for each processor; `dask` is the address of
    a Dask scheduler to use instead; `progress` is called with the recordings done and their total.
    A stopped run goes on where it was.

    Raises E-USAGE for a value out of range, E-COHORT when `out` holds something else, E-STORAGE,
    and E-WORKER or E-CLUSTER when those who do the work are gone.
    """
    parameters = Parameters(
        women,
        seed,
        float(effect),
        float(minutes),
        float(prevalence),
        confounders,
        sample_rate_hz,
        None if rhythm is None else rhythm.at,
    )
    check_limits(parameters)
    out = Path(out)
    try:
        if rhythm is not None:
            usable(rhythm, 60.0 * parameters.minutes)  # refused before anything is written
        claim(out, parameters)
        for folder in (out, out / AUDIO, out / TRUTH):
            drop_unfinished(folder)
        missing, total = [], 0
        for address in addresses(parameters):
            total += 1
            if finished(out, *address) is None:
                missing.append(address)
        _make(out, parameters, missing, total, jobs, dask, progress)
        rows = [manifest_row(out, parameters, *address) for address in addresses(parameters)]
        ceiling = cohort_oracle(out, parameters, addresses(parameters))
        write_atomically(out / ORACLE, (json.dumps(ceiling, indent=2) + "\n").encode())
        write_atomically(out / "manifest.csv", csv_bytes(tuple(rows[0]), rows))
    except OSError as error:
        where = str(error.filename or out)
        raise FetalHemoError("E-STORAGE", str(error.strerror), where, "free space?") from error
    return _summary(out, women, rows, len(missing), ceiling["latents"]["value"])


def addresses(parameters: Parameters) -> Iterator[tuple[int, int]]:
    """`(woman, visit)` numbers of every recording, in the manifest's order."""
    for woman in range(parameters.women):
        for visit in range(draw_woman(parameters.population, woman).visits):
            yield woman, visit


def _make(
    out: Path,
    parameters: Parameters,
    missing: list[tuple[int, int]],
    total: int,
    jobs: int | None,
    dask: str | None,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Make the missing recordings, here or elsewhere; report after each."""
    tell = progress or (lambda done, of: None)
    done = total - len(missing)
    tell(done, total)
    make = partial(_make_at, out.resolve(), parameters)
    with closing(map_tasks(make, missing, jobs, dask)) as made:
        for now, _ in enumerate(made, start=done + 1):
            tell(now, total)


def _make_at(out: Path, parameters: Parameters, address: tuple[int, int]) -> None:
    make_recording(out, parameters, *address)


def _summary(
    out: Path, women: int, rows: list[dict[str, Any]], made: int, oracle: float | None
) -> CohortSummary:
    read = [(row["sbp_mmhg"], row["dbp_mmhg"]) for row in rows if row["sbp_mmhg"] is not None]
    return CohortSummary(
        folder=out,
        women=women,
        recordings=len(rows),
        labelled=len(read),
        positive=sum(s >= POSITIVE_MMHG[0] or d >= POSITIVE_MMHG[1] for s, d in read),
        hours=round(sum(row["n_samples"] / row["sample_rate_hz"] for row in rows) / 3_600, 3),
        made=made,
        oracle_auroc=oracle,
    )
