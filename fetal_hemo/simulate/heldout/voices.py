"""Another speaker: a Rosenberg glottal pulse, or breath, through a cascade of moving resonators.

Rosenberg 1971 for the pulse; vowels roughly after Hillenbrand 1995.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from fetal_hemo.constants import SAMPLE_RATE_HZ

VOWELS_HZ = ((342, 1_100), (427, 1_900), (588, 1_800), (768, 1_333), (652, 997), (497, 910),
             (378, 997), (623, 1_200), (474, 1_379), (690, 1_660))  # fmt: skip
WIDTHS_HZ = (70.0, 110.0)
BLOCK = 20  # samples between two settings of the resonators: 5 ms
OPEN_SHARE = (0.4, 0.7)  # of the glottal cycle


def voice(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Somebody talking, float32 `(samples,)`."""
    pitch, voiced, breath, formants = _plan(samples, rng)
    excitation = voiced * _glottis(pitch, rng) + 0.15 * breath * rng.standard_normal(samples)
    return _tract(excitation, formants).astype(np.float32)


def _plan(
    samples: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pitch, voicing and breath `(samples,)`, formants `(blocks, 2)`."""
    base, scale = np.exp(rng.uniform(np.log(90.0), np.log(280.0))), rng.uniform(0.9, 1.25)
    pitch, voiced, breath = np.full(samples, base), np.zeros(samples), np.zeros(samples)
    formants = np.full((samples // BLOCK, 2), 500.0)
    at = -int(rng.uniform(0, 0.2) * SAMPLE_RATE_HZ)
    while at < samples:
        for _ in range(int(rng.integers(2, 9))):  # the syllables of a phrase
            at += _consonant(breath, voiced, at, rng)
            at += _vowel(pitch, voiced, formants, at, base, scale, rng)
        at += int(rng.uniform(0.1, 0.7) * SAMPLE_RATE_HZ)
    return pitch, voiced, breath, formants


def _consonant(breath: np.ndarray, voiced: np.ndarray, at: int, rng: np.random.Generator) -> int:
    """Hiss, murmur or a stop with its burst; how many samples it lasts."""
    count = int(rng.uniform(0.03, 0.11) * SAMPLE_RATE_HZ)
    span = slice(max(at, 0), max(at + count, 0))
    kind = rng.integers(3)
    if kind == 0:
        breath[span] = rng.uniform(0.3, 1.5)
    elif kind == 1:
        voiced[span] = 0.2
    else:
        breath[max(at + count - 40, 0) : max(at + count, 0)] = 2.0
    return count


def _vowel(
    pitch: np.ndarray, voiced: np.ndarray, formants: np.ndarray, at: int, base: float,
    scale: float, rng: np.random.Generator,
) -> int:  # fmt: skip
    """A vowel with a falling or rising pitch; how many samples it lasts."""
    count = int(rng.uniform(0.06, 0.22) * SAMPLE_RATE_HZ)
    first, last = max(at, 0), min(max(at + count, 0), len(pitch))
    part = (np.arange(first, last) - at) / count
    pitch[first:last] = base * (1 + rng.uniform(-0.15, 0.25) + rng.uniform(-0.2, 0.15) * part)
    voiced[first:last] = rng.uniform(0.5, 1.0) * np.minimum(1, np.minimum(part, 1 - part) / 0.15)
    aim = scale * np.asarray(VOWELS_HZ[rng.integers(len(VOWELS_HZ))], float)
    glide = scale * np.asarray(VOWELS_HZ[rng.integers(len(VOWELS_HZ))], float)
    blocks = np.arange(first // BLOCK, min(last // BLOCK, len(formants)))
    bend = np.clip((blocks * BLOCK - at) / count, 0, 1)[:, None] * rng.uniform(0, 0.7)
    formants[blocks] = aim + bend * (glide - aim)
    return count


def _glottis(pitch: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The derivative of Rosenberg's pulse at a jittering `pitch`, `(samples,)`."""
    jitter = 1 + 0.01 * np.repeat(rng.standard_normal(len(pitch) // 40 + 1), 40)[: len(pitch)]
    phase = np.cumsum(pitch * jitter / SAMPLE_RATE_HZ) % 1.0
    opening = rng.uniform(*OPEN_SHARE)
    closing = opening * rng.uniform(0.2, 0.5)
    rise = 0.5 * (1 - np.cos(np.pi * phase / opening))
    fall = np.cos(0.5 * np.pi * (phase - opening) / closing)
    flow = np.where(phase < opening, rise, np.where(phase < opening + closing, fall, 0.0))
    return np.diff(flow, prepend=flow[0]) * 6


def _tract(excitation: np.ndarray, formants: np.ndarray) -> np.ndarray:
    """`(samples,)` through two moving resonators in cascade."""
    sound = excitation
    for column, width in enumerate(WIDTHS_HZ):
        radius = np.exp(-np.pi * width / SAMPLE_RATE_HZ)
        turn = 2 * np.cos(2 * np.pi * np.minimum(formants[:, column], 1_900.0) / SAMPLE_RATE_HZ)
        state, pieces = np.zeros(2), []
        for block, cosine in enumerate(turn):
            taps = [1.0, -radius * cosine, radius * radius]
            piece = sound[block * BLOCK : (block + 1) * BLOCK]
            done, state = lfilter([sum(taps)], taps, piece, zi=state)
            pieces.append(done)
        sound = np.concatenate(pieces)
    return sound
