"""The leakage audit of a run on the cohort it was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fetal_hemo.evaluation.leakage import (
    FITTED,
    Fitted,
    LeakageInput,
    audit_leakage,
    read_fitted,
)
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recordings.audit.audio_check import check_audio
from fetal_hemo.recordings.audit.sharing import find_shared
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.recordings.splits import Splits


def audit_run(
    run: Path,
    cohort: Cohort,
    splits: Splits,
    more: Sequence[Fitted] = (),
    progress: Progress = silent,
) -> dict[str, Any]:
    """What `audit_leakage` says of a run, and of `more` stages that are fitted beside it.

    Every recording is decoded, and compared with those it may share sound with. Raises E-RUN.
    """
    recordings = cohort.recordings
    audio = check_audio(cohort.folder, recordings, progress)
    shared = find_shared(cohort.folder, recordings, audio, progress)
    fitted = [*read_fitted(run / FITTED), *more]
    return audit_leakage(LeakageInput(recordings, splits.fold_of, fitted, shared))
