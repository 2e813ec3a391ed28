"""The path of one recording: load -> check -> window -> run -> calibrate -> decide."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import numpy as np

from firmware_bridge import decide, watchdog
from firmware_bridge.answer import is_uncertain, predictive_value
from firmware_bridge.audio import audio_from_samples
from firmware_bridge.bundle import Bundle
from firmware_bridge.collector import Audio, Collector
from firmware_bridge.constants import WINDOW_SAMPLES
from firmware_bridge.counters import open_allowed
from firmware_bridge.decode import open_source
from firmware_bridge.distance import embedding_distance
from firmware_bridge.errors import EXIT_DATA, FetalHemoError
from firmware_bridge.evidence import Findings, gather_evidence, model_identity
from firmware_bridge.gaps import silence_gaps
from firmware_bridge.result import Abstained, Refused, Result, Screened
from firmware_bridge.rhythm import find_rhythm
from firmware_bridge.runtime import (
    FeedbackRunner,
    RecordingRunner,
    WindowOutputs,
    WindowRunner,
    join_windows,
)
from firmware_bridge.self_test import self_test
from firmware_bridge.trust import MODELS, trusted_keys

DEFAULT_BUNDLE = MODELS / "default.fhb"


class Screener:
    """Screens recordings with one verified bundle; nothing is kept between recordings."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.windows, self._recording = WindowRunner(bundle), RecordingRunner(bundle)
        self.self_test_max_abs = self_test(bundle, self.windows, self._recording)

    @classmethod
    def load(
        cls, bundle_path: str | Path | None = None, trust: Iterable[str | Path] = ()
    ) -> Screener:
        """A screener for a bundle file, or the one that ships; `trust` names more .pub files.

        Raises `FetalHemoError` with the E-BUNDLE codes or E-KEY.
        """
        path = DEFAULT_BUNDLE if bundle_path is None else bundle_path
        return cls(open_allowed(path, trusted_keys(trust)))

    @cached_property
    def feedback(self) -> FeedbackRunner:
        """What live feedback asks of a window; made for the first listening, kept for others."""
        return FeedbackRunner(self.bundle)

    def screen_file(self, path: str | Path, index: int = 0) -> Result:
        """The result for a sound file; a bad one is `Refused`, not raised."""
        started = time.perf_counter()
        try:
            return self.conclude(*self._hear(path), index, started)
        except FetalHemoError as error:
            if error.exit_status != EXIT_DATA:
                raise
            return self.refuse(error, index, time.perf_counter() - started)

    def _hear(self, path: str | Path) -> tuple[Audio, WindowOutputs]:
        """What a file holds and what the window graph says of it; memory follows the windows.

        Integer samples are in -1 to 1, so a window can be run and forgotten when it is whole. The
        scale of floats is known only at the end (they may be int16 values), so those are kept.
        """
        parts: list[WindowOutputs] = []
        with open_source(path) as source:
            collector = Collector(source.rate_hz, source.channels, self.best_channel, str(path))
            for block in source.blocks:
                watchdog.still_alive()
                collector.push(block)
                if source.bits is not None and collector.has_windows:
                    parts.append(self.windows.run(collector.take_windows()))
            audio = collector.finish(source.sha256, source.band_limit_hz)
        if len(audio.windows()):
            parts.append(self.windows.run(audio.windows()))
        return audio, join_windows(parts)

    def screen(self, samples: np.ndarray, rate_hz: int, lost: np.ndarray | None = None) -> Result:
        """The result for samples `(time,)` or `(time, channels)` at `rate_hz`.

        `lost` flags `(time,)` silence that stands for samples which never arrived.
        """
        started = time.perf_counter()
        try:
            audio = audio_from_samples(samples, rate_hz, self.best_channel, lost)
            return self._screen(audio, 0, started)
        except FetalHemoError as error:
            if error.exit_status != EXIT_DATA:
                raise
            return self.refuse(error, 0, time.perf_counter() - started)

    def _screen(self, audio: Audio, index: int, started: float) -> Result:
        return self.conclude(audio, self.windows.run(audio.windows()), index, started)

    def conclude(
        self, audio: Audio, outputs: WindowOutputs, index: int = 0, started: float | None = None
    ) -> Screened | Abstained:
        """The result from what the window graph said of each whole window of `audio`.

        A live stream asks this after every window; `started` is a `time.perf_counter()`.
        """
        manifest = self.bundle.manifest
        outputs = silence_gaps(outputs, audio.lost_share)
        rhythm = find_rhythm(outputs)
        judgement = decide.judge_windows(outputs, rhythm, audio.clipped_share, manifest)
        reasons = decide.reasons_to_abstain(judgement, manifest)
        attention, probability = np.full(len(judgement.usable), np.nan), None
        if not reasons:
            span = decide.best_span(judgement.usable, manifest["input"]["max_windows"])
            usable = judgement.usable[span]
            judged = self._recording.run(outputs.view_embeddings[span], usable)
            attention[span] = np.where(usable, judged.window_attention, np.nan)
            probability = decide.calibrated_probability(judged.logits, manifest)
            if is_uncertain(probability, manifest):
                reasons = ("A-UNCERTAIN",)
        reference = manifest.get("reference")
        distance = embedding_distance(outputs.view_embeddings, judgement.usable, reference)
        taken = 0.0 if started is None else time.perf_counter() - started
        found = Findings(outputs, rhythm, judgement, attention, distance)
        evidence = gather_evidence(self.bundle, audio, found, index, taken)
        if reasons or probability is None:
            return Abstained(evidence, reasons)
        answer = decide.band(probability, manifest)
        return Screened(evidence, probability, answer, predictive_value(answer, manifest))

    def best_channel(self, minute: np.ndarray) -> int:
        """The channel of `(channels, time)` whose heart beat is heard best, the first on a tie."""
        whole = minute.shape[1] // WINDOW_SAMPLES * WINDOW_SAMPLES
        if whole == 0:
            return 0  # too short, and refused for it later
        cut = [channel[:whole].reshape(-1, WINDOW_SAMPLES) for channel in minute]
        return decide.loudest_heart([self.windows.run(windows) for windows in cut])

    def refuse(self, error: FetalHemoError, index: int = 0, timing_s: float = 0.0) -> Refused:
        """The result that says why there is none."""
        manifest = self.bundle.manifest
        return Refused(
            index=index,
            model=model_identity(self.bundle),
            notice=manifest["notice"],
            threshold=float(manifest["decision"]["threshold"]),
            code=error.code,
            what=error.what,
            fix=error.fix,
            timing_s=round(timing_s, 4),
        )
