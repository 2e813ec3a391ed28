"""`fetal-hemo check`: everything that can be known of a cohort before time is spent on it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import load_recipe
from fetal_hemo.recordings.association import associate
from fetal_hemo.recordings.audio_check import Progress, check_audio
from fetal_hemo.recordings.bp import class_of, is_positive
from fetal_hemo.recordings.check_report import SHORT_S, CheckReport
from fetal_hemo.recordings.cohort import MANIFEST, is_simulated
from fetal_hemo.recordings.manifest import manifest_defects, read_manifest
from fetal_hemo.recordings.recording import KNOWN_COLUMNS, Recording
from fetal_hemo.recordings.splits import FOLDS
from fetal_hemo.settings import Labels

MEASURES = ("gestational_age_days", "sbp_mmhg", "dbp_mmhg", "maternal_age_years", "bmi_kg_m2")
SUSPICIOUS_P = 0.01
MANY_MISSING = 0.2


def check_cohort(
    folder: Path | str, labels: Labels | None = None, progress: Progress | None = None
) -> CheckReport:
    """The `CheckReport` of a folder; what is wrong in it is reported, never raised.

    `labels` are the thresholds of the default recipe if none are given; `progress` is called with
    (done, total) after each audio file.
    """
    folder, labels = Path(folder), labels or load_recipe().labels
    report = CheckReport()
    defects = manifest_defects(folder / MANIFEST)
    report.defects += [error.line() for error in defects]
    try:
        report.simulated = is_simulated(folder)
    except FetalHemoError as error:
        report.defects.append(error.line())
    if defects:
        return report
    recordings = read_manifest(folder / MANIFEST)
    report.data_sha256 = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    _count(report, recordings, labels)
    _describe(report, recordings)
    _check_visits(report, recordings)
    _check_women(report)
    _check_shortcuts(report, recordings, labels)
    report.audio = check_audio(folder, recordings, progress or (lambda done, total: None))
    _judge_audio(report)
    return report


def _count(report: CheckReport, recordings: Sequence[Recording], labels: Labels) -> None:
    visits: dict[int, set[str]] = defaultdict(set)
    women: dict[int, set[str]] = defaultdict(set)
    for r in recordings:
        index = class_of(r, labels)
        if index is not None:
            visits[index].add(r.visit_id)
            women[index].add(r.participant_id)
    positive = set[str]().union(*(women[i] for i in women if is_positive(i)))
    report.recordings = len(recordings)
    report.women = len({r.participant_id for r in recordings})
    report.visits = len({r.visit_id for r in recordings})
    report.labelled_visits = len(set[str]().union(*visits.values()))
    report.positive_women = len(positive)
    report.negative_women = len(set[str]().union(*women.values()) - positive)
    report.classes = {
        name: {"visits": len(visits[i]), "women": len(women[i])}
        for i, name in enumerate(BP_CLASSES)
    }


def _describe(report: CheckReport, recordings: Sequence[Recording]) -> None:
    """Missingness and ranges."""
    for column in KNOWN_COLUMNS:
        absent = sum(getattr(r, column) is None for r in recordings)
        report.missing[column] = absent / len(recordings)
    for column in MEASURES:
        values = [getattr(r, column) for r in recordings if getattr(r, column) is not None]
        if values:
            report.ranges[column] = (min(values), max(values))
    if report.missing["gestational_age_days"] > MANY_MISSING:
        share = f"{report.missing['gestational_age_days']:.0%}"
        report.warnings.append(f"gestational_age_days is missing in {share} of the rows")


def _check_visits(report: CheckReport, recordings: Sequence[Recording]) -> None:
    """A visit has one blood pressure and one gestational age."""
    for columns, name in ((("sbp_mmhg", "dbp_mmhg"), "blood pressures"), (MEASURES[:1], "ages")):
        found: dict[str, set[tuple[float, ...]]] = defaultdict(set)
        for r in recordings:
            values = tuple(getattr(r, column) for column in columns)
            if None not in values:
                found[r.visit_id].add(values)
        several = sum(len(values) > 1 for values in found.values())
        if several:
            report.warnings.append(f"{several} visits have several {name}")


def _check_women(report: CheckReport) -> None:
    """Every fold needs a woman with and a woman without a positive visit."""
    for count, word in ((report.positive_women, "with"), (report.negative_women, "without")):
        if count < len(FOLDS):
            text = f"{count} women {word} a positive visit, at least {len(FOLDS)} are needed"
            report.defects.append(text)


def _check_shortcuts(report: CheckReport, recordings: Sequence[Recording], labels: Labels) -> None:
    """A device or site that goes with the label is what a network learns first."""
    positive: dict[str, bool] = {}
    for r in recordings:
        outcome = is_positive(class_of(r, labels))
        if outcome is not None:
            positive[r.participant_id] = positive.get(r.participant_id, False) or outcome
    for column in ("device_id", "site_id"):
        levels: dict[str, list[str]] = defaultdict(list)
        for r in recordings:
            if getattr(r, column) is not None:
                levels[r.participant_id].append(getattr(r, column))
        found = associate(column, levels, positive)
        if found is None:
            continue
        report.associations.append(found)
        if found.p_value < SUSPICIOUS_P:
            text = f"{column} goes with the label (Cramer's V {found.cramers_v:.2f})"
            report.warnings.append(text + ": a model can learn it instead of the fetus")


def _judge_audio(report: CheckReport) -> None:
    audio = report.audio
    report.defects += audio.unreadable + audio.mismatched + audio.duplicated
    if audio.readable and audio.shortest_s < SHORT_S:
        text = f"the shortest recording lasts {audio.shortest_s:.1f} s; 30 s are needed for a"
        report.warnings.append(f"{text} probability")
