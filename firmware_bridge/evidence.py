"""Arrays of a screening -> the plain numbers that a result holds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from firmware_bridge.audio import Audio
from firmware_bridge.bundle import Bundle
from firmware_bridge.constants import QUALITY_CLASSES, WINDOW_S
from firmware_bridge.decide import WindowJudgement
from firmware_bridge.manifest import raised_from_mmhg
from firmware_bridge.result import Evidence, HeartRate, Model, Recording, Window
from firmware_bridge.rhythm import Rhythm
from firmware_bridge.rhythm.baseline import Excursion, baseline_bpm, excursions
from firmware_bridge.runtime import WindowOutputs
from firmware_bridge.variability import long_term_variation_ms, mean_bpm, short_term_variation_ms


@dataclass(frozen=True)
class Findings:
    """All that was found of the windows; `attention` is `(windows,)`, NaN where none was paid."""

    outputs: WindowOutputs
    rhythm: Rhythm
    judgement: WindowJudgement
    attention: np.ndarray
    distance: float | None = None  # of the embedding from the validation women's


def gather_evidence(
    bundle: Bundle, audio: Audio, found: Findings, index: int, timing_s: float
) -> Evidence:
    """The `Evidence` of a recording from what was found of its windows."""
    return Evidence(
        index=index,
        recording=_recording(audio),
        model=model_identity(bundle),
        notice=bundle.manifest["notice"],
        threshold=float(bundle.manifest["decision"]["threshold"]),
        heart_rate=_heart_rate(found.judgement),
        beats_s=_beats(found.rhythm, found.judgement),
        windows=_windows(audio, found),
        good_signal_s=WINDOW_S * int(np.count_nonzero(found.judgement.usable)),
        needed_signal_s=WINDOW_S * bundle.manifest["decision"]["min_usable_windows"],
        embedding_distance=_rounded(found.distance, 4),
        timing_s=round(timing_s, 4),
    )


def model_identity(bundle: Bundle) -> Model:
    """Name, version, hash and pressures of a bundle, and whether its training was simulated."""
    manifest = bundle.manifest
    return Model(
        name=manifest["name"],
        version=manifest["version"],
        sha256=bundle.sha256,
        simulated=manifest["simulated"],
        raised_from_mmhg=raised_from_mmhg(manifest),
    )


def _recording(audio: Audio) -> Recording:
    return Recording(
        sha256=audio.sha256,
        duration_s=round(audio.duration_s, 4),
        sample_rate_hz=audio.source_rate_hz,
        band_limit_hz=audio.band_limit_hz,
        channels=audio.channels,
        channel=audio.channel,
    )


def _heart_rate(judgement: WindowJudgement) -> HeartRate:
    bpm, clear = judgement.bpm, judgement.clear_bpm
    line = baseline_bpm(bpm)
    return HeartRate(
        mean_bpm=_rounded(mean_bpm(bpm), 1),
        baseline_bpm=None if line is None else round(float(line.mean()), 1),
        short_term_variation_ms=_rounded(short_term_variation_ms(clear), 2),
        long_term_variation_ms=_rounded(long_term_variation_ms(clear), 2),
        signal_loss_share=round(float(np.isnan(bpm).mean()), 4),
        slow_rhythm_s=WINDOW_S * int(np.count_nonzero(judgement.slow)),
        accelerations=_excursions(bpm, line, 1),
        decelerations=_excursions(bpm, line, -1),
    )


def _excursions(bpm: np.ndarray, line: np.ndarray | None, sign: int) -> tuple[Excursion, ...]:
    found = () if line is None else excursions(bpm, line, sign)
    return tuple(replace(one, peak_bpm=round(one.peak_bpm, 1)) for one in found)


def _beats(rhythm: Rhythm, judgement: WindowJudgement) -> tuple[float, ...]:
    """Beats of the windows that have a rate; a beat elsewhere is a guess."""
    windows = (rhythm.beats_s / WINDOW_S).astype(np.int64).clip(0, len(judgement.bpm) - 1)
    kept = rhythm.beats_s[np.isfinite(judgement.bpm[windows])]
    return tuple(round(float(time), 3) for time in kept)


def _windows(audio: Audio, found: Findings) -> tuple[Window, ...]:
    judgement, outputs = found.judgement, found.outputs
    return tuple(
        Window(
            start_s=i * WINDOW_S,
            quality=QUALITY_CLASSES[judgement.quality[i]],
            heart_rate_bpm=_rounded(judgement.bpm[i], 1),
            confidence=round(float(found.rhythm.confidence[i]), 4),
            attention=_rounded(found.attention[i], 6),
            dead_share=round(float(outputs.dead_share[i]), 4),
            clipped_share=round(float(audio.clipped_share[i]), 4),
            usable=bool(judgement.usable[i]),
        )
        for i in range(len(judgement.bpm))
    )


def _rounded(value: float | None, digits: int) -> float | None:
    """None for None and NaN, so that no NaN reaches a result."""
    return None if value is None or math.isnan(value) else round(float(value), digits)
