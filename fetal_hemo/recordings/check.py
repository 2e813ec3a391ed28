"""`fetal-hemo check`: everything that can be known of a cohort before time is spent on it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.audit.audio_check import AudioCheck, check_audio
from fetal_hemo.recordings.audit.columns import collect_clinical, collect_columns
from fetal_hemo.recordings.audit.counts import count
from fetal_hemo.recordings.audit.finding import Finding, defect, warning, without_place
from fetal_hemo.recordings.audit.order import order_findings
from fetal_hemo.recordings.audit.precision import precision_findings, precision_of
from fetal_hemo.recordings.audit.sharing import find_shared, sharing_findings
from fetal_hemo.recordings.audit.shortcuts import find_shortcuts, shortcut_findings
from fetal_hemo.recordings.audit.split_check import check_split
from fetal_hemo.recordings.audit.units import unit_findings
from fetal_hemo.recordings.audit.values import missing_shares, value_findings, value_ranges
from fetal_hemo.recordings.audit.women import women_findings
from fetal_hemo.recordings.check_report import CheckReport
from fetal_hemo.recordings.cohort import MANIFEST, is_simulated
from fetal_hemo.recordings.manifest import manifest_defects, parse_manifest
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.recordings.splits import FOLDS
from fetal_hemo.recordings.stored import stored_folder_notes
from fetal_hemo.recordings.table import parse_table, read_bytes
from fetal_hemo.settings import Recipe

SHORT_S = 30.0  # eight windows


def check_cohort(
    folder: Path | str,
    recipe: Recipe | None = None,
    splits: Path | str | None = None,
    progress: Progress = silent,
    jobs: int | None = None,
    dask: str | None = None,
) -> CheckReport:
    """The `CheckReport` of a folder; what is wrong in its files is reported, never raised.

    Where there is no manifest to be read there is nothing to report on: raises E-NOT-FOUND,
    E-IS-DIRECTORY, E-COHORT or E-MANIFEST.
    Thresholds and the usual test share are those of `recipe` (the default one if none is given);
    `splits` is a file of folds to be judged with it. `progress` is called with (done, total)
    after each file and each comparison; `jobs` and `dask` are those of `map_tasks`.
    """
    folder, recipe = Path(folder), recipe or load_recipe()
    report = CheckReport(recipe.labels)
    recordings = _read(report, folder)
    if not recordings:
        return report
    _judge_table(report, recordings, recipe)
    if splits is not None:
        report.split = check_split(Path(splits), recordings, report.counts.positive_of)
        report.findings += report.split.findings
    report.findings += _stored(folder, recordings)
    report.audio = check_audio(folder, recordings, progress, jobs, dask)
    report.findings += [*report.audio.findings, *_lengths(report.audio)]
    report.shared = find_shared(folder, recordings, report.audio, progress)
    fold_of = report.split.fold_of if report.split else {}
    report.findings += sharing_findings(report.shared, fold_of)
    _judge_shortcuts(report)
    return report


def _read(report: CheckReport, folder: Path) -> list[Recording]:
    """The recordings of a sound manifest; of another one its defects, and nothing."""
    path = folder / MANIFEST
    content = read_bytes(path)
    with suppress(FetalHemoError):  # told below, as a defect of the manifest
        report.findings += unit_findings(parse_table(content, str(path)))
    defects = [without_place(error) for error in manifest_defects(path)]
    report.findings += [defect("manifest", text) for text in defects if not _told(report, text)]
    try:
        report.simulated = is_simulated(folder)
    except FetalHemoError as error:
        report.findings.append(defect("manifest", without_place(error)))
    if defects:
        return []
    report.data_sha256 = hashlib.sha256(content).hexdigest()
    report.rows = parse_manifest(content, str(path))
    return list(report.rows)


def _told(report: CheckReport, text: str) -> bool:
    """Whether a defect of one cell follows from the unit of its column."""
    columns = [f.text.split(":")[0] for f in report.findings if f.topic == "units"]
    return any(f", {column}: " in text for column in columns)


def _judge_table(report: CheckReport, recordings: list[Recording], recipe: Recipe) -> None:
    report.counts = count(recordings, recipe.labels)
    report.missing, report.ranges = missing_shares(recordings), value_ranges(recordings)
    labelled = report.counts.labelled
    report.precision = precision_of(
        [visit.positive for visit in labelled], [v.woman for v in labelled], recipe.split.test
    )
    report.findings += [
        *value_findings(recordings),
        *order_findings(recordings),
        *women_findings(recordings),
        *_enough_women(report),
        *precision_findings(report.precision),
    ]


def _enough_women(report: CheckReport) -> Iterator[Finding]:
    """Every fold needs a woman with and a woman without a positive visit."""
    for number, word in ((report.positive_women, "with"), (report.negative_women, "without")):
        if number < len(FOLDS):
            text = f"{number} women {word} a positive visit, at least {len(FOLDS)} are needed"
            yield defect("too few women", text)


def _stored(folder: Path, recordings: list[Recording]) -> Iterator[Finding]:
    """What an ingested folder says of itself as a whole."""
    defects, warnings = stored_folder_notes(folder, recordings)
    yield from (defect("integrity", text) for text in defects)
    yield from (warning("integrity", text) for text in warnings)


def _lengths(audio: AudioCheck) -> Iterator[Finding]:
    if audio.shortest_s is not None and audio.shortest_s < SHORT_S:
        short = sum(facts.duration_s < SHORT_S for facts in audio.facts.values())
        text = f"the shortest recording lasts {audio.shortest_s:.1f} s, {short} last less than"
        yield warning("length", f"{text} the 30 s that a probability needs")


def _judge_shortcuts(report: CheckReport) -> None:
    columns = collect_columns(report.rows, report.audio.facts)
    report.shortcuts = find_shortcuts(columns, report.counts.labelled)
    report.clinical = find_shortcuts(collect_clinical(report.rows), report.counts.labelled)
    report.findings += shortcut_findings(report.shortcuts)
