"""Speech taken out of a recording: silence, or noise that is as loud as the sound was.

Noise in one band, under the loudness of the sound, keeps a beat and few words. It must not be
more bands: three carry nearly all speech (Shannon et al., Science 270:303, 1995). What both ways
cost is measured in docs/deidentification.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fetal_hemo.deid.speech import Span
from firmware_bridge.decode import Source

CARDIAC_HZ = (100.0, 600.0)  # where a fetal heart is heard at 2 to 3.3 MHz
LOUDNESS_HZ = 8.0  # two movements a beat at 240 bpm; the edges of consonants are faster
FADE_S = 0.02


class Silencer:
    """Replaces speech in `way` "mute" or "beat"; everything else passes bit for bit.

    A muted stretch holds a hiss of one step, since a file of zeros would be refused as dead.
    """

    def __init__(self, way: str, rng: np.random.Generator | None = None) -> None:
        self.way = way
        self._rng = rng or np.random.default_rng()

    def blocks(self, source: Source, spans: Sequence[Span], step: float) -> Iterator[np.ndarray]:
        """The blocks of `source`, `(time, channels)`, with the spans replaced.

        `step` is the smallest difference of two samples.
        """
        start = 0
        for block in source.blocks:
            weight = fade(start, len(block), source.rate_hz, spans)
            yield self._mixed(block, weight, source.rate_hz, step) if weight.any() else block
            start += len(block)

    def _mixed(
        self, block: np.ndarray, weight: np.ndarray, rate_hz: int, step: float
    ) -> np.ndarray:
        noise = self._rng.standard_normal(block.shape)
        instead = step * np.sign(noise)
        if self.way == "beat":
            instead = beat_noise(block, noise, rate_hz)
        inside = weight[:, None]
        return np.where(inside > 0, block * (1 - inside) + instead * inside, block)


def fade(start: int, length: int, rate_hz: int, spans: Sequence[Span]) -> np.ndarray:
    """Share `(length,)` of the replacement from sample `start` on: 0 outside, 1 within.

    It rises and falls inside a span, so that nothing outside is touched.
    """
    at = (start + np.arange(length)) / rate_hz
    weight = np.zeros(length)
    for span in spans:
        rise = 1.0 if span.start_s == 0.0 else (at - span.start_s) / FADE_S
        inside = (at >= span.start_s) & (at < span.stop_s)
        weight += inside * np.clip(np.minimum(rise, (span.stop_s - at) / FADE_S), 0, 1)
    return weight


def beat_noise(block: np.ndarray, noise: np.ndarray, rate_hz: int) -> np.ndarray:
    """Cardiac-band `noise` `(time, channels)` that is as loud as the cardiac band of `block`."""
    heard, carrier = _band(block, rate_hz), _band(noise, rate_hz)
    loudness = np.sqrt(_smooth(heard**2, rate_hz))
    return carrier * loudness / np.sqrt(np.mean(carrier**2, axis=0, keepdims=True) + 1e-12)


def _band(x: np.ndarray, rate_hz: int) -> np.ndarray:
    spectrum, frequency = _spectrum(x, rate_hz)
    low, high = CARDIAC_HZ
    gain = (frequency >= low) & (frequency <= high)
    return _signal(spectrum * gain[:, None], x)


def _smooth(x: np.ndarray, rate_hz: int) -> np.ndarray:
    """Non-negative `x` under a Gaussian low-pass."""
    spectrum, frequency = _spectrum(x, rate_hz)
    gain = np.exp(-0.5 * (frequency / LOUDNESS_HZ) ** 2)
    return np.maximum(_signal(spectrum * gain[:, None], x), 0.0)


def _spectrum(x: np.ndarray, rate_hz: int) -> tuple[np.ndarray, np.ndarray]:
    """Of `x` and its mirror image, so that the ends do not run into each other."""
    mirrored = np.concatenate([x, x[::-1]]).astype(np.float64)
    return np.fft.rfft(mirrored, axis=0), np.fft.rfftfreq(len(mirrored), 1 / rate_hz)


def _signal(spectrum: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.fft.irfft(spectrum, 2 * len(x), axis=0)[: len(x)]
