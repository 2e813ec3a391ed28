"""A second way to make speech: puffs of air and hiss through a tract that closes and opens.

Where `speech` adds harmonics, this filters a source frame by frame: voices that are rough,
breathy, whispered or monotone, consonants that close the tract, phrases that fall in pitch.
Vowels: Peterson & Barney 1952, as `speech`; the rest is our inference except where a comment
names a figure.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.signal import resample_poly

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.contamination import unit
from fetal_hemo.simulate.narrowband import control_length, wander
from fetal_hemo.simulate.speech import VOWELS_HZ

OVERSAMPLING = 4  # puffs are abrupt: at 4 kHz they would fold back
HOP, FRAME = 40, 160  # samples: 10 and 40 ms
STEP_S = HOP / SAMPLE_RATE_HZ
SOUND_S = {"vowel": 0.13, "stop": 0.07, "hiss": 0.09, "hum": 0.07}  # means
HUM_HZ = np.array([250.0, 1_100.0, 2_200.0])  # nasals
TRACT_SCALE = (0.85, 1.5)
PITCH_HZ = (75.0, 380.0)
WHISPER_CHANCE = 0.04


class Plan(NamedTuple):
    """What the mouth does at every step `(steps,)`; `formants_hz` `(steps, 3)`."""

    voice: np.ndarray
    hiss: np.ndarray
    formants_hz: np.ndarray
    falling: np.ndarray


def voice(samples: int, rng: np.random.Generator) -> np.ndarray:
    """One person talking, float32 `(samples,)` with RMS 1."""
    plan = _plan(samples // HOP + FRAME // HOP + 2, rng)
    whispered = rng.random() < WHISPER_CHANCE
    breath = 1.0 if whispered else rng.uniform(0.0, 0.3)
    puffs = np.float32(0.0 if whispered else 1.0) * _puffs(plan, samples, rng)
    air = rng.standard_normal(samples, dtype=np.float32)
    resonant = _frames(puffs + np.float32(breath) * air) * plan.voice[: samples // HOP, None]
    formants = plan.formants_hz[: samples // HOP] * rng.uniform(*TRACT_SCALE)
    sound = _overlap(np.fft.rfft(resonant) * _resonances(formants, rng), samples)
    friction = _frames(air) * plan.hiss[: samples // HOP, None]
    bright = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE_HZ) / 1_000.0
    shape = bright ** rng.uniform(0.5, 3.0)
    sound += np.float32(rng.uniform(0.05, 0.6)) * unit(
        _overlap(np.fft.rfft(friction) * shape, samples)
    )
    return unit(sound)


def _plan(steps: int, rng: np.random.Generator) -> Plan:
    """Phrases of syllables: closures, hisses and hums around vowels, and pauses."""
    voiced, hiss, falling = np.zeros(steps), np.zeros(steps), np.ones(steps)
    formants = np.tile(VOWELS_HZ[rng.integers(len(VOWELS_HZ))], (steps, 1))
    speed, lilt = rng.uniform(0.7, 1.7), rng.uniform(0.0, 0.35)
    pause = rng.uniform(0.15, 1.2)
    at, left = -int(rng.integers(0, 60)), int(rng.integers(1, 12))
    start = at
    while at < steps:
        for sound in _syllable(rng):
            length = max(2, int(SOUND_S[sound] * rng.lognormal(0, 0.35) / speed / STEP_S))
            span = np.arange(max(at, 0), min(max(at + length, 0), steps))
            part = (span - at) / length
            size = rng.lognormal(0, 0.35)
            if sound == "vowel":
                formants[max(at, 0) :] = VOWELS_HZ[rng.integers(len(VOWELS_HZ))]
                voiced[span] = size * np.sin(np.pi * (0.1 + 0.8 * part))
            elif sound == "hum":
                formants[max(at, 0) :] = HUM_HZ
                voiced[span] = 0.4 * size
            elif sound == "hiss":
                hiss[span] = size * np.sin(np.pi * part)
            else:
                hiss[span] = size * (part > 0.75)
            falling[span] = 1 + lilt * np.exp(-(span - start) * STEP_S / 0.8)
            at += length
        left -= 1
        if left == 0:
            at += int(pause * rng.lognormal(0, 0.4) / STEP_S)
            start, left = at, int(rng.integers(1, 12))
    smooth = np.array([0.25, 0.5, 0.25])
    glide = np.full(int(rng.integers(3, 9)), 1.0)
    for row in range(3):
        padded = np.pad(formants[:, row], len(glide), mode="edge")
        formants[:, row] = np.convolve(padded, glide / glide.sum(), "same")[
            len(glide) : -len(glide)
        ]
    return Plan(np.convolve(voiced, smooth, "same"), hiss, formants, falling)


def _syllable(rng: np.random.Generator) -> list[str]:
    onset = rng.choice(["stop", "hiss", "hum", "none"], p=[0.35, 0.25, 0.2, 0.2])
    coda = rng.choice(["stop", "hiss", "hum", "none"], p=[0.15, 0.1, 0.15, 0.6])
    return [str(sound) for sound in (onset, "vowel", coda) if sound != "none"]


def _puffs(plan: Plan, samples: int, rng: np.random.Generator) -> np.ndarray:
    """Air through the vocal folds, with jitter and shimmer, float32 `(samples,)`."""
    length = control_length(samples)
    semitones = rng.uniform(0.0, 3.0) * wander(length, 0.5, rng)  # 0: a monotone
    semitones += rng.uniform(0.02, 0.6) * wander(length, 0.01, rng)  # a rough voice
    falling = np.interp(
        np.arange(length) / 1_000.0 / STEP_S, np.arange(len(plan.falling)), plan.falling
    )
    pitch = np.clip(
        np.exp(rng.uniform(*np.log(PITCH_HZ))) * falling * 2 ** (semitones / 12), 55, 600
    )
    fine = samples * OVERSAMPLING
    at = np.arange(fine) * (length - 1) / fine
    turns = np.cumsum(np.interp(at, np.arange(length), pitch)) / (SAMPLE_RATE_HZ * OVERSAMPLING)
    size = rng.lognormal(0, rng.uniform(0.02, 0.2), int(turns[-1]) + 2)  # puff by puff
    open_part, part = rng.uniform(0.35, 0.9), turns % 1.0
    flow = np.clip(1 - part / open_part, 0, None) * np.clip(part / open_part, 0, None) ** 2
    pulses = np.gradient(flow * size[turns.astype(int)]) * OVERSAMPLING
    return unit(resample_poly(pulses, 1, OVERSAMPLING).astype(np.float32))


def _resonances(formants_hz: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gain of the tract `(steps, frequencies)` of formants `(steps, 3)`."""
    frequency = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE_HZ)
    gain = np.ones((len(formants_hz), len(frequency)))
    for formant, width in zip(formants_hz.T, rng.uniform(50.0, 200.0, 3), strict=True):
        ratio = frequency / formant[:, None]
        gain /= np.sqrt((1 - ratio**2) ** 2 + (ratio * width / formant[:, None]) ** 2)
    return gain


def _frames(sound: np.ndarray) -> np.ndarray:
    """Overlapping Hann-weighted frames `(samples / HOP, FRAME)` of `(samples,)`."""
    padded = np.pad(sound, (0, FRAME))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[: len(sound) : HOP]
    return frames * np.hanning(FRAME)


def _overlap(spectra: np.ndarray, samples: int) -> np.ndarray:
    """Sum of the frames of `spectra` where they belong, float32 `(samples,)`."""
    frames = np.fft.irfft(spectra, FRAME).reshape(len(spectra), FRAME // HOP, HOP)
    blocks = np.zeros((len(spectra) + FRAME // HOP, HOP))
    for part in range(FRAME // HOP):
        blocks[part : part + len(spectra)] += frames[:, part]
    return blocks.ravel()[:samples].astype(np.float32)
