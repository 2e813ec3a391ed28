"""The best-heard test recording of a study, explained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fetal_hemo.constants import BP_CLASSES
from fetal_hemo.encoders import ScreeningModel
from fetal_hemo.explain import explain
from fetal_hemo.explain.nearest import Nearest, nearest
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.audio import load_samples, windows_of
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.report.explanation_plot import explanation_plots, explanation_texts
from fetal_hemo.training.picture import picture_of
from fetal_hemo.training.scoring import POSITIVE
from fetal_hemo.training.study_visits import StudyVisits
from fetal_hemo.training.survey import Visit, WindowFacts
from fetal_hemo.training.torch_hearing import TorchHearing
from firmware_bridge.rhythm import find_rhythm


@dataclass(frozen=True)
class Explained:
    """Pictures as SVG text, and what stands beside them in the report."""

    pictures: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


def explained(
    model: ScreeningModel,
    cohort: Cohort,
    visits: StudyVisits,
    embeddings: tuple[np.ndarray, np.ndarray],
    recipe: Recipe,
) -> Explained:
    """`Explained` of the test visit with the most usable windows.

    `embeddings` are those of the test visits, then those of the training visits.
    """
    best = max(visits.test, key=lambda visit: len(visit.usable))
    samples = load_samples(cohort.audio_path(best.recording), best.channel)
    overview = picture_of(model, samples, best, recipe, cohort.simulated)
    windows, usable, beats_s = heard_part(samples, best, recipe)
    found = explain(TorchHearing(model), windows, usable, beats_s)
    like = _nearest(visits, best, embeddings)
    plots = explanation_plots(found, windows[found.window])
    facts = {
        "texts": [*explanation_texts(found), _like_text(like)],
        "like": _like_rows(like, visits.train),
        "beat_sanity": found.beat_sanity.correlation,
        "band_sanity": found.band_sanity.correlation,
    }
    return Explained([overview, *plots], facts)


def heard_part(
    samples: np.ndarray, visit: Visit, recipe: Recipe
) -> tuple[np.ndarray, np.ndarray, list[float]]:
    """Windows, which of them are usable, and beats, from where the visit's time starts."""
    windows = windows_of(samples)[visit.first : visit.first + recipe.windows.max_windows]
    usable = np.isin(np.arange(len(windows)) + visit.first, visit.usable)
    return windows, usable, find_rhythm(WindowFacts().measure(windows)).beats_s.tolist()


def _nearest(
    visits: StudyVisits, best: Visit, embeddings: tuple[np.ndarray, np.ndarray]
) -> Nearest:
    test, train = embeddings
    classes = np.array([visit.label for visit in visits.train])
    labels = np.isin(classes, POSITIVE).astype(np.int64)
    return nearest(test[visits.test.index(best)], train, classes, labels)


def _like_text(like: Nearest) -> str:
    if like.moved is None or like.by_chance is None:
        return "Likeness to training visits: the deletion test is not available, one class is left."
    said = "counts" if like.counts else "is not shown to count"
    return (
        f"Likeness to training visits {said}: without the {len(like.rows)} nearest, the log odds "
        f"of a regression on embeddings move by {like.moved:+.2f}; without as many others by up to "
        f"{like.by_chance:.2f} (95 %)."
    )


def _like_rows(like: Nearest, train: tuple[Visit, ...]) -> list[list[str]]:
    """Prototypes, then training visits without a name: class, gestation, closeness."""
    rows = [
        [f"mean of class {name}", "", "no visit" if cosine is None else f"{cosine:.2f}"]
        for name, cosine in like.prototypes.items()
    ]
    for row, cosine in zip(like.rows, like.closeness, strict=True):
        days = train[row].recording.gestational_age_days
        weeks = "not known" if days is None else f"{days / 7:.0f} weeks"
        rows.append([f"a visit of class {BP_CLASSES[train[row].label]}", weeks, f"{cosine:.2f}"])
    return rows
