"""Who came into a study and who was left out, for its flow diagram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.bp import class_of
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.training.kept_survey import KeptSurvey

NO_READING = "no cuff reading"
TOO_FEW = "too few usable windows"


def flow(
    cohort: Cohort, recipe: Recipe, kept: KeptSurvey, parts: Mapping[str, Iterable[str]]
) -> dict[str, Any]:
    """Women, visits and recordings of the cohort, reasons for exclusion, and of each part.

    `parts` are the recording ids that were used, by name. A recording has its first reason only;
    one that was not listened to has "not needed by this study".
    """
    everybody = {recording.recording_id: recording for recording in cohort.recordings}
    used = {name: [everybody[i] for i in set(ids)] for name, ids in parts.items()}
    inside = {r.recording_id for recordings in used.values() for r in recordings}
    reasons = Counter(
        _reason(cohort, recording, recipe, kept)
        for recording in cohort.recordings
        if recording.recording_id not in inside
    )
    return {
        "cohort": counted(cohort.recordings),
        "excluded": dict(sorted(reasons.items())),
        "parts": {name: counted(recordings) for name, recordings in used.items()},
    }


def counted(recordings: Sequence[Recording]) -> dict[str, int]:
    """Women, visits and recordings."""
    return {
        "women": len({r.participant_id for r in recordings}),
        "visits": len({(r.participant_id, r.visit_id) for r in recordings}),
        "recordings": len(recordings),
    }


def _reason(cohort: Cohort, recording: Recording, recipe: Recipe, kept: KeptSurvey) -> str:
    if class_of(recording, recipe.labels) is None:
        return NO_READING
    try:
        facts = kept.known.get(kept.key(cohort.audio_path(recording)))
    except FetalHemoError as error:
        return f"audio: {error.code}"
    if facts is None:
        return "not needed by this study"
    return f"audio: {facts['error'][0]}" if "error" in facts else TOO_FEW
