"""Arrays of a screening -> the plain numbers that a result holds."""

from __future__ import annotations

import math

import numpy as np

from firmware_bridge.audio import Audio
from firmware_bridge.bundle import Bundle
from firmware_bridge.constants import QUALITY_CLASSES, WINDOW_S
from firmware_bridge.decide import WindowJudgement
from firmware_bridge.result import Evidence, HeartRate, Model, Recording, Window
from firmware_bridge.runtime import WindowOutputs
from firmware_bridge.variability import long_term_variation_ms, mean_bpm, short_term_variation_ms


def gather_evidence(
    bundle: Bundle,
    audio: Audio,
    outputs: WindowOutputs,
    judgement: WindowJudgement,
    attention: np.ndarray,
    index: int,
    timing_s: float,
) -> Evidence:
    """The `Evidence` of a recording; `attention` is `(windows,)`, NaN where none was paid."""
    return Evidence(
        index=index,
        recording=_recording(audio),
        model=model_identity(bundle),
        notice=bundle.manifest["notice"],
        threshold=float(bundle.manifest["decision"]["threshold"]),
        heart_rate=_heart_rate(judgement.bpm),
        windows=_windows(audio, outputs, judgement, attention),
        timing_s=round(timing_s, 4),
    )


def model_identity(bundle: Bundle) -> Model:
    """Name, version and hash of a bundle, and whether it was trained on simulated data."""
    manifest = bundle.manifest
    return Model(manifest["name"], manifest["version"], bundle.sha256, manifest["simulated"])


def _recording(audio: Audio) -> Recording:
    return Recording(
        sha256=audio.sha256,
        duration_s=round(audio.duration_s, 4),
        sample_rate_hz=audio.source_rate_hz,
        band_limit_hz=audio.band_limit_hz,
        channels=audio.channels,
        channel=audio.channel,
    )


def _heart_rate(bpm: np.ndarray) -> HeartRate:
    return HeartRate(
        mean_bpm=_rounded(mean_bpm(bpm), 1),
        short_term_variation_ms=_rounded(short_term_variation_ms(bpm), 2),
        long_term_variation_ms=_rounded(long_term_variation_ms(bpm), 2),
    )


def _windows(
    audio: Audio, outputs: WindowOutputs, judgement: WindowJudgement, attention: np.ndarray
) -> tuple[Window, ...]:
    return tuple(
        Window(
            start_s=i * WINDOW_S,
            quality=QUALITY_CLASSES[judgement.quality[i]],
            heart_rate_bpm=_rounded(judgement.bpm[i], 1),
            confidence=round(float(outputs.heart_rate_confidence[i]), 4),
            attention=_rounded(attention[i], 6),
            dead_share=round(float(outputs.dead_share[i]), 4),
            clipped_share=round(float(audio.clipped_share[i]), 4),
            usable=bool(judgement.usable[i]),
        )
        for i in range(len(judgement.bpm))
    )


def _rounded(value: float | None, digits: int) -> float | None:
    """None for None and NaN, so that no NaN reaches a result."""
    return None if value is None or math.isnan(value) else round(float(value), digits)
