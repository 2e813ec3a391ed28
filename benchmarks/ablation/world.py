"""The cohort that rows are compared on: made once, surveyed once, five folds of women."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchmarks.ablation.alone import alone
from benchmarks.ablation.plan import VALIDATION_SHARE, Plan
from fetal_hemo.progress import silent
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.cohort import TRUTH, open_cohort
from fetal_hemo.recordings.folds import Folds, make_folds
from fetal_hemo.simulate.cohort import simulate_cohort
from fetal_hemo.training.kept_signals import KeptSignals
from fetal_hemo.training.kept_survey import SURVEY, KeptSurvey
from fetal_hemo.training.survey import Visit, survey


class FoldVisits(NamedTuple):
    """Visits with a reading of the women who train, who validate and who test."""

    train: tuple[Visit, ...]
    validation: tuple[Visit, ...]
    test: tuple[Visit, ...]


class World:
    """A simulated cohort in `folder`, its usable visits with a reading, and its folds.

    `signals` is where the front end's output of a visit is kept, `work` where training may write.
    """

    def __init__(self, plan: Plan, effect: float, folder: Path, recipe: Recipe) -> None:
        self.plan, self.recipe = plan, recipe
        self.path = folder / f"{plan.name}_{effect:g}"
        self.signals, self.work = self.path / "signals", self.path / "work"
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder / f"{self.path.name}.lock"):
            if not (self.path / "oracle.json").exists():
                self._simulate(effect)
            self.cohort = open_cohort(self.path)
            self.visits = self._survey()
        self.cohort_id = self._identity()
        self.folds = women_folds(self.visits, plan)
        self._heard: KeptSignals | None = None
        self._others: dict[tuple[int, float], World] = {}

    def fold(self, number: int) -> FoldVisits:
        """The `FoldVisits` of a fold: validation women are a share of those who do not test."""
        test, rest = set(self.folds.test_women(number)), self.folds.train_women(number)
        inner = make_folds(_strata(self.visits, rest), round(1 / VALIDATION_SHARE), number)
        validation = set(inner.test_women(0))
        parts: dict[str, list[Visit]] = {"train": [], "validation": [], "test": []}
        for visit in self.visits:
            woman = visit.recording.participant_id
            name = "test" if woman in test else "validation" if woman in validation else "train"
            parts[name].append(visit)
        return FoldVisits(*(tuple(part) for part in parts.values()))

    def learning(self) -> FoldVisits:
        """The visits of a cohort that nothing is tested on: they train, but for the validation."""
        first = self.fold(0)
        return FoldVisits((*first.train, *first.test), first.validation, ())

    def others(self, women: int, effect: float) -> World:
        """Other simulated women: what their hearts did is known, nothing reads their pressures."""
        women = min(women, self.plan.most_others)
        if (women, effect) not in self._others:
            name, seed = f"{self.plan.name}_others_{women}", self.plan.cohort_seed + 2_000
            further = replace(self.plan, name=name, women=women, cohort_seed=seed)
            made = World(further, effect, self.path.parent, self.recipe)
            self._others[women, effect] = made
        return self._others[women, effect]

    def source(self) -> KeptSignals:
        """Batches of visits, all of which were heard before: no row's clock counts it."""
        if self._heard is None:
            self._heard = KeptSignals(self.cohort, self.signals)
            self._heard.keep(self.visits)
        return self._heard

    def oracle(self, knows: str = "features") -> dict[str, float]:
        """What Bayes' rule says of each recording that `knows` history, or noiseless features."""
        known = json.loads((self.path / "oracle.json").read_bytes())["recordings"]
        return {name: scores[knows] for name, scores in known.items()}

    def _simulate(self, effect: float) -> None:
        plan = self.plan
        print(f"simulating {plan.women} women at effect {effect:g}", file=sys.stderr)
        simulate_cohort(
            self.path, plan.women, plan.cohort_seed, effect, plan.minutes, plan.prevalence
        )

    def _identity(self) -> str:
        """Hash of the cohort: its sounds and readings, what was true, and what was found usable."""
        heard = [(v.recording.recording_id, v.label, v.channel, v.usable) for v in self.visits]
        oracles = (self.path / "oracle.json").read_bytes()
        known = f"{self.cohort.data_hash}\n{heard}\n".encode() + oracles
        found = hashlib.sha256(known)
        for path in sorted((self.path / TRUTH).iterdir()):
            found.update(path.read_bytes())
        return found.hexdigest()[:16]

    def _survey(self) -> tuple[Visit, ...]:
        """All usable visits with a reading; what was heard before is not heard again."""
        print(f"listening to {len(self.cohort.recordings)} recordings", file=sys.stderr)
        kept = KeptSurvey(self.recipe, self.path / SURVEY)
        found = survey(self.cohort, self.cohort.recordings, self.recipe, silent, kept)
        return tuple(visit for visit in found.visits if visit.label >= 0)


def women_folds(visits: tuple[Visit, ...], plan: Plan) -> Folds:
    women = sorted({visit.recording.participant_id for visit in visits})
    return make_folds(_strata(visits, women), plan.folds, plan.cohort_seed)


def _strata(visits: tuple[Visit, ...], women: list[str]) -> dict[str, str]:
    """Each woman's highest class: rare classes are spread over the folds."""
    highest = dict.fromkeys(women, -1)
    for visit in visits:
        woman = visit.recording.participant_id
        if woman in highest:
            highest[woman] = max(highest[woman], visit.label)
    return {woman: str(label) for woman, label in highest.items()}
