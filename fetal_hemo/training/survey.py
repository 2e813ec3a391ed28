"""What the front end says of every recording before any training: which windows can be used."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from fetal_hemo.constants import QUALITY_CLASSES, VIEWS, WINDOW_SAMPLES
from fetal_hemo.contrast.unlabelled import UNLABELLED
from fetal_hemo.encoders.model import window_facts
from fetal_hemo.errors import FetalHemoError
from fetal_hemo.progress import Progress, silent
from fetal_hemo.recipe import Recipe
from fetal_hemo.recordings.audio import windows_of
from fetal_hemo.recordings.bp import class_of
from fetal_hemo.recordings.cohort import Cohort
from fetal_hemo.recordings.recording import Recording
from fetal_hemo.signals import FrontEnd
from fetal_hemo.signals.quality import load_quality_head
from fetal_hemo.training.kept_survey import KeptSurvey
from firmware_bridge.audio import read_audio
from firmware_bridge.decide import best_span, judge_windows, loudest_heart
from firmware_bridge.errors import EXIT_DATA
from firmware_bridge.rhythm import find_rhythm
from firmware_bridge.runtime import WindowOutputs
from firmware_bridge.variability import (
    long_term_variation_ms,
    mean_bpm,
    short_term_variation_ms,
)

OF_THE_MANIFEST = ("recording", "label")
BLOCK = 32  # windows at once: keeps memory flat


@dataclass(frozen=True)
class Visit:
    """One recording: its class (-1 without a reading), its usable windows, its rhythm.

    `first` is the window at which its time starts, `channel` the one that is heard best.
    """

    recording: Recording
    label: int
    usable: tuple[int, ...]
    first: int
    channel: int
    windows: int
    quality_shares: tuple[float, ...]
    mean_bpm: float | None
    short_term_variation_ms: float | None
    long_term_variation_ms: float | None


@dataclass(frozen=True)
class Survey:
    """The visits that can be used, those heard too badly, and a line for all that cannot."""

    visits: tuple[Visit, ...]
    passed_over: tuple[str, ...]
    unusable: tuple[Visit, ...] = ()  # readable, with too few usable windows


def survey(
    cohort: Cohort,
    recordings: Sequence[Recording],
    recipe: Recipe,
    progress: Progress = silent,
    kept: KeptSurvey | None = None,
) -> Survey:
    """The `Survey` of some recordings; a bad file is listed and passed over.

    What is `kept` is not heard again. Raises E-COHORT if no recording can be used, E-STORAGE.
    """
    engine, kept = WindowFacts(), kept or KeptSurvey(recipe)
    visits: list[Visit] = []
    unusable: list[Visit] = []
    passed_over: list[str] = []
    for done, recording in enumerate(recordings):
        progress(done, len(recordings))
        try:
            visit = engine.known_visit(cohort, recording, recipe, kept)
        except FetalHemoError as error:
            if error.exit_status != EXIT_DATA:  # no fault of the recording
                raise
            passed_over.append(f"row {recording.row}: {error.code}: {error.what}")
            continue
        enough = len(visit.usable) >= recipe.windows.min_usable_windows
        if enough:
            visits.append(visit)
        else:
            unusable.append(visit)
            passed_over.append(f"row {recording.row}: {len(visit.usable)} usable windows")
    kept.sync()
    progress(len(recordings), len(recordings))
    if not visits:
        raise FetalHemoError("E-COHORT", "no recording can be used", str(cohort.folder))
    return Survey(tuple(visits), tuple(passed_over), tuple(unusable))


class WindowFacts:
    """Front end and quality head, run over whole recordings in blocks."""

    def __init__(self) -> None:
        self.front_end = FrontEnd().eval()
        self.quality = load_quality_head()

    def known_visit(
        self, cohort: Cohort, recording: Recording, recipe: Recipe, kept: KeptSurvey
    ) -> Visit:
        """The same as `visit`, from what is kept if it is there; else it is kept then."""
        key = kept.key(cohort.audio_path(recording))
        if key not in kept.known:
            try:
                visit = self.visit(cohort, recording, recipe)
                facts = {n: v for n, v in asdict(visit).items() if n not in OF_THE_MANIFEST}
            except FetalHemoError as error:
                if error.exit_status != EXIT_DATA:
                    raise
                facts = {"error": [error.code, error.what]}
            kept.keep(key, json.loads(json.dumps(facts)))
        facts = dict(kept.known[key])
        if "error" in facts:
            raise FetalHemoError(*facts["error"])
        label = class_of(recording, recipe.labels)
        facts |= {name: tuple(facts[name]) for name in ("usable", "quality_shares")}
        return Visit(recording, UNLABELLED if label is None else label, **facts)

    def visit(self, cohort: Cohort, recording: Recording, recipe: Recipe) -> Visit:
        """The `Visit` of one recording. Raises the errors of `read_audio`."""
        audio = read_audio(cohort.audio_path(recording), self._best_channel)
        outputs = self.measure(audio.windows())
        rhythm = find_rhythm(outputs)
        windows = judge_windows(outputs, rhythm, audio.clipped_share, window_rules(recipe))
        span = best_span(windows.usable, recipe.windows.max_windows)
        usable = np.flatnonzero(windows.usable[span]) + span.start
        label = class_of(recording, recipe.labels)
        shares = np.bincount(windows.quality, minlength=len(QUALITY_CLASSES))
        return Visit(
            recording=recording,
            label=UNLABELLED if label is None else label,
            usable=tuple(usable.tolist()),
            first=span.start,
            channel=audio.channel,
            windows=len(windows.quality),
            quality_shares=tuple((shares / shares.sum()).tolist()),
            mean_bpm=mean_bpm(windows.bpm),
            short_term_variation_ms=short_term_variation_ms(windows.clear_bpm),
            long_term_variation_ms=long_term_variation_ms(windows.clear_bpm),
        )

    def _best_channel(self, minute: np.ndarray) -> int:
        """The channel of `(channels, time)` that a device would choose."""
        if minute.shape[1] < WINDOW_SAMPLES:
            return 0  # too short, and refused for it later
        return loudest_heart([self.measure(windows_of(channel)) for channel in minute])

    @torch.no_grad()
    def measure(self, windows: np.ndarray) -> WindowOutputs:
        """The `WindowOutputs` of `(windows, 15000)`, without embeddings."""
        rows = []
        for block in blocks(windows):
            facts = window_facts(self.front_end(block), self.quality)
            rows.append([fact.numpy() for fact in facts])
        columns = (np.concatenate(column) for column in zip(*rows, strict=True))
        return WindowOutputs(np.zeros((len(windows), len(VIEWS), 0), np.float32), *columns)


def window_rules(recipe: Recipe) -> dict[str, Any]:
    """The part of a bundle's manifest that says which windows count and which get a rate."""
    return {
        "heart_rate": asdict(recipe.heart_rate),
        "decision": {
            "usable_quality": list(recipe.windows.usable_quality),
            "max_dead_share": recipe.windows.max_dead_share,
            "min_usable_windows": recipe.windows.min_usable_windows,
        },
    }


def blocks(windows: np.ndarray) -> Iterator[torch.Tensor]:
    """Tensors of at most `BLOCK` windows."""
    for start in range(0, len(windows), BLOCK):
        yield torch.from_numpy(np.ascontiguousarray(windows[start : start + BLOCK]))
