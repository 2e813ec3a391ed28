"""What decoding one file tells: its length, level, band and landmarks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.recordings.audit.landmarks import Landmarks, landmarks_of
from firmware_bridge.audio import Audio

POWER_SHARE = 0.95


@dataclass(frozen=True)
class AudioFacts:
    """Of one recording; nothing in it grows with the recording but its landmarks."""

    sha256: str
    duration_s: float
    source_rate_hz: int
    channels: int
    file_type: str  # the name's ending, such as "wav"
    band_limit_hz: float  # the source holds nothing above
    level_dbfs: float  # root mean square of what is not silence
    bandwidth_hz: float  # 95 % of the power is below
    clipped_share: float  # of the windows' samples, 0 to 1
    dead_share: float  # seconds of digital silence, 0 to 1
    landmarks: Landmarks = field(repr=False)


def facts_of(audio: Audio, path: Path) -> AudioFacts:
    """The `AudioFacts` of decoded audio and its file's name."""
    seconds = audio.samples[: len(audio.samples) // SAMPLE_RATE_HZ * SAMPLE_RATE_HZ]
    seconds = seconds.reshape(-1, SAMPLE_RATE_HZ)
    alive = np.ptp(seconds, axis=1) > 0
    level, bandwidth = _level_and_bandwidth(seconds[alive])
    return AudioFacts(
        sha256=audio.sha256,
        duration_s=audio.duration_s,
        source_rate_hz=audio.source_rate_hz,
        channels=audio.channels,
        file_type=path.suffix.lower().lstrip("."),
        band_limit_hz=audio.band_limit_hz,
        level_dbfs=level,
        bandwidth_hz=bandwidth,
        clipped_share=float(np.mean(audio.clipped_share)),
        dead_share=1 - float(np.mean(alive)),
        landmarks=landmarks_of(audio.samples),
    )


def _level_and_bandwidth(seconds: np.ndarray) -> tuple[float, float]:
    """Of `(seconds, 4000)`: dBFS without the mean, and Hz below which 95 % of the power is."""
    power = np.zeros(SAMPLE_RATE_HZ // 2 + 1)
    for second in seconds:  # one at a time: the spectrum of an hour would be large
        power += np.abs(np.fft.rfft(second - second.mean())) ** 2
    total = float(power.sum())
    if total <= 0:
        return -200.0, 0.0
    mean_square = 2 * total / (len(seconds) * SAMPLE_RATE_HZ**2)
    place = int(np.searchsorted(np.cumsum(power), POWER_SHARE * total))
    return 10 * float(np.log10(mean_square)), float(place)
