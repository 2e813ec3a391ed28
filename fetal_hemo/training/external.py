"""External validation: an exported int8 bundle on a cohort it never saw, as a device hears it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fetal_hemo.constants import BP_CLASSES, QUALITY_CLASSES
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.evaluation import ControlScores, StudyInput, fit_controls
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe, load_recipe
from fetal_hemo.recordings.bp import class_of
from fetal_hemo.recordings.cohort import Cohort, open_cohort, outside
from fetal_hemo.recordings.folds import make_folds
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.settings import Labels
from fetal_hemo.training.control_features import control_features
from fetal_hemo.training.exclusions import NO_READING, counted
from fetal_hemo.training.run_folder import start_run
from fetal_hemo.training.score_table import table_of
from fetal_hemo.training.scoring import POSITIVE
from fetal_hemo.training.study_facts import BUNDLE
from fetal_hemo.training.study_folder import finish_study
from fetal_hemo.training.survey import Visit
from firmware_bridge.result import Abstained, Evidence, Refused, Screened
from firmware_bridge.screen import Screener

FOLDS = 5
FAVOURED = (
    "Nothing was fitted to this cohort but the controls: each was fitted on its other women "
    "(cross-fitting), which favours them over the model."
)
NOT_AUDITED = "Not asked: a bundle does not say which women it was trained on."


def evaluate_bundle(
    bundle: Path | str,
    cohort_folder: Path | str,
    out: Path | str,
    trust: Iterable[Path | str] = (),
    progress: Progress = silent,
) -> dict[str, Any]:
    """The metrics of a bundle on a cohort, also written to `out` with its report.

    Every recording with a cuff reading is screened as on a device; threshold, calibration and the
    pressures of the classes are the bundle's. Raises the E-BUNDLE codes, E-COHORT, E-SPLIT (fewer
    than two women, or the cohort that the bundle was trained on), E-RUN, E-USAGE or E-STORAGE.
    """
    out = outside(out, cohort_folder)
    screener, cohort = Screener.load(bundle, trust), open_cohort(cohort_folder)
    manifest = screener.bundle.manifest
    require_another_cohort(manifest["training_data"], cohort)
    recipe = _recipe_of(manifest)
    model = {name: manifest[name] for name in ("name", "version")}
    model["sha256"] = screener.bundle.sha256
    labelled = [r for r in cohort.recordings if class_of(r, recipe.labels) is not None]
    visits, probability, refused = screened(screener, cohort, labelled, recipe, progress)
    given = _study(visits, probability, manifest, recipe, cohort.simulated)
    unread = len(cohort.recordings) - len(labelled)
    facts = {
        "flow": {
            "cohort": counted(cohort.recordings),
            "excluded": ({NO_READING: unread} if unread else {}) | refused,
            "parts": _parts(visits, probability),
        },
        "design": {
            "kind": BUNDLE,
            "population": manifest["calibration"]["population"],
            "note": f"{FAVOURED} Leakage: {NOT_AUDITED}",
        },
        "agreement": {"gate": manifest["quantisation"]["gate"]},
        "card": screener.bundle.members["MODEL_CARD.md"].decode(),
    }
    with start_run(out, "evaluate", recipe, cohort, False, model=model) as study:
        return finish_study(study, given, facts)


def screened(
    screener: Screener,
    cohort: Cohort,
    recordings: Sequence[Recording],
    recipe: Recipe,
    progress: Progress = silent,
) -> tuple[list[Visit], np.ndarray, dict[str, int]]:
    """Visits as the device heard them, their probabilities (NaN: abstained), refusals by code."""
    visits: list[Visit] = []
    probability: list[float] = []
    refused: Counter[str] = Counter()
    for done, recording in enumerate(recordings):
        progress(done, len(recordings))
        result = screener.screen_file(cohort.audio_path(recording))
        if isinstance(result, Refused):
            refused[f"audio: {result.code}"] += 1
            continue
        visits.append(_visit(recording, result, recipe))
        probability.append(result.probability if isinstance(result, Screened) else np.nan)
    progress(len(recordings), len(recordings))
    return visits, np.array(probability), dict(sorted(refused.items()))


def require_another_cohort(training: dict[str, Any], cohort: Cohort) -> None:
    """Raises E-SPLIT where a bundle with this `training_data` learned from the cohort."""
    # A bundle from before there was `learned_from` knows of its last pretraining alone.
    known = training["data_hash"], training.get("pretrained_data_hash")
    if cohort.data_hash in (*known, *training.get("learned_from", ())):
        what, fix = "the bundle was trained on this cohort", "evaluate its run, or name another"
        raise FetalHemoError("E-SPLIT", what, str(cohort.folder), fix)


def _parts(visits: list[Visit], probability: np.ndarray) -> dict[str, dict[str, int]]:
    answered = [v.recording for v, p in zip(visits, probability, strict=True) if np.isfinite(p)]
    return {
        "external test": counted([visit.recording for visit in visits]),
        "external test, with a probability": counted(answered),
    }


def _recipe_of(manifest: dict[str, Any]) -> Recipe:
    """The default recipe with what the bundle says of labels and decision."""
    recipe = load_recipe()
    labels = Labels(**{k: tuple(v) for k, v in manifest["bp_thresholds_mmhg"].items()})
    decision = replace(
        recipe.decision,
        specificity=manifest["decision"]["specificity_at_threshold"],
        prevalence=manifest["decision"]["prevalence"],
    )
    return replace(recipe, labels=labels, decision=decision)


def _visit(recording: Recording, result: Screened | Abstained, recipe: Recipe) -> Visit:
    evidence: Evidence = result.evidence
    counts = Counter(window.quality for window in evidence.windows)
    total = max(1, len(evidence.windows))
    label, rate = class_of(recording, recipe.labels), evidence.heart_rate
    assert label is not None  # only those with a reading are screened
    return Visit(
        recording,
        label,
        tuple(i for i, window in enumerate(evidence.windows) if window.usable),
        0,
        evidence.recording.channel,
        total,
        tuple(counts[name] / total for name in QUALITY_CLASSES),
        rate.mean_bpm,
        rate.short_term_variation_ms,
        rate.long_term_variation_ms,
    )


def _study(
    visits: list[Visit],
    probability: np.ndarray,
    manifest: dict[str, Any],
    recipe: Recipe,
    simulated: bool,
) -> StudyInput:
    slope, intercept = (manifest["calibration"][name] for name in ("slope", "intercept"))
    sharp = np.clip(probability, 1e-15, 1 - 1e-15)
    margins = (np.log(sharp / (1 - sharp)) - intercept) / slope
    logits = np.full((len(visits), len(BP_CLASSES)), np.nan)  # a device gives no class
    return StudyInput(
        test=table_of(visits, "test", probability, margins, logits),
        beside=_cross_fitted(visits, recipe.split.seed),
        train_labels=np.zeros(0, np.int64),
        train_women=np.zeros(0, np.str_),
        embeddings_test=np.full((len(visits), 1), np.nan),
        specificity=recipe.decision.specificity,
        prevalence=recipe.decision.prevalence,
        threshold=float(manifest["decision"]["threshold"]),
        simulated=simulated,
        model_simulated=bool(manifest["simulated"]),
        limits=recipe.labels.hypertensive,
    )


def _cross_fitted(visits: list[Visit], seed: int) -> ControlScores:
    """Controls of every visit, fitted on the cohort's other women."""
    hers: dict[str, bool] = {}
    for visit in visits:
        woman = visit.recording.participant_id
        hers[woman] = hers.get(woman, False) or visit.label in POSITIVE
    folds = make_folds({w: str(kind) for w, kind in hers.items()}, min(FOLDS, len(hers)), seed)
    place = np.array([folds.fold_of[visit.recording.participant_id] for visit in visits])
    scores: dict[str, np.ndarray] = {}
    for fold in range(folds.k):
        train = [visit for visit, at in zip(visits, place, strict=True) if at != fold]
        test = [visit for visit, at in zip(visits, place, strict=True) if at == fold]
        labels = [int(visit.label in POSITIVE) for visit in train]
        for name, column in fit_controls(control_features(train, test), labels).scores.items():
            scores.setdefault(name, np.full(len(visits), np.nan))[place == fold] = column
    return ControlScores(scores, {})
