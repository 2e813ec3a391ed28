"""Speech near the probe: a glottal pulse train through moving formants, with syllables and pauses.

Formant centres: Peterson & Barney 1952 (adult vowels). Tags: `S` published, `I` our inference.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d

from fetal_hemo.constants import SAMPLE_RATE_HZ
from fetal_hemo.simulate.narrowband import CONTROL_HZ, control_length, narrowband, upsample, wander

VOWELS_HZ = np.array(  # S: men; F1, F2, F3
    [
        [270, 2290, 3010], [390, 1990, 2550], [530, 1840, 2480], [660, 1720, 2410],
        [730, 1090, 2440], [570, 840, 2410], [440, 1020, 2240], [300, 870, 2240],
        [640, 1190, 2390], [490, 1350, 1690],
    ],
    float,
)  # fmt: skip
TRACT_SCALE = (0.95, 1.35)  # S: women +15 %, children +30 %
PITCH_HZ = (85.0, 300.0)  # S: men 85-180, women 165-255, children to 300
FORMANT_WIDTH_HZ = np.array([90.0, 120.0, 180.0])  # I
FORMANT_LEVEL = np.array([1.0, 0.5, 0.25])  # I
TILT_PER_HARMONIC = 0.75  # I: glottal spectrum falls with h ** -0.75 after radiation
SYLLABLE_S = (0.10, 0.35)  # S: 3-7 syllables a second
PAUSE_S, PAUSE_CHANCE = (0.15, 1.2), 0.18  # I
FRICATIVE_CHANCE, FRICATIVE_HZ = 0.30, (900.0, 1_700.0)  # I
HIGHEST_HARMONIC_HZ = 1_800.0


def speech(samples: int, rng: np.random.Generator, speakers: int = 1) -> np.ndarray:
    """One or several people talking, float32 `(samples,)` with RMS 1 while they speak."""
    sound = np.zeros(samples, np.float32)
    for index in range(speakers):
        voice = _speaker(samples, rng)
        sound += voice * (1.0 if index == 0 else float(rng.uniform(0.1, 0.8)))
    return sound


def _speaker(samples: int, rng: np.random.Generator) -> np.ndarray:
    length = control_length(samples)
    scale, pitch = rng.uniform(*TRACT_SCALE), rng.uniform(*PITCH_HZ)
    loud, hiss, formants = _syllables(length, rng)
    semitones = 2.5 * wander(length, 0.6, rng) + 0.2 * wander(length, 0.03, rng)
    track = np.clip(pitch * 2 ** (semitones / 12), 60.0, 450.0)
    sound = _voiced(track, loud, formants * scale, samples)
    centre = np.full(length, rng.uniform(*FRICATIVE_HZ))
    sound += 0.3 * narrowband(centre, hiss, 250.0, samples, rng)
    speaking = sound[upsample(loud + hiss, samples) > 0.1]
    return sound / (np.float32(speaking.std() if len(speaking) else 1.0) + np.float32(1e-6))


def _syllables(length: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Control tracks: voicing `(length,)`, friction `(length,)`, formants `(length, 3)`."""
    loud, hiss = np.zeros(length), np.zeros(length)
    formants = np.empty((length, 3))
    at = -int(rng.uniform(0, 400))
    before = VOWELS_HZ[rng.integers(len(VOWELS_HZ))]
    while at < length:
        count = int(rng.uniform(*SYLLABLE_S) * CONTROL_HZ)
        vowel = VOWELS_HZ[rng.integers(len(VOWELS_HZ))]
        span = np.arange(max(at, 0), min(at + count, length))
        part = (span - at) / count
        formants[span] = before + np.minimum(2 * part, 1)[:, None] * (vowel - before)
        loud[span] = np.sin(np.pi * part) ** 0.7 * rng.lognormal(0, 0.4)
        if rng.random() < FRICATIVE_CHANCE:
            hiss[span] = np.clip(1 - 4 * part, 0, None) * rng.lognormal(0, 0.5)
        at, before = at + count, vowel
        if rng.random() < PAUSE_CHANCE:
            count = int(rng.uniform(*PAUSE_S) * CONTROL_HZ)
            formants[max(at, 0) : max(at + count, 0)] = vowel
            at += count
    return uniform_filter1d(loud, 15), uniform_filter1d(hiss, 15), formants


def _voiced(pitch: np.ndarray, loud: np.ndarray, formants: np.ndarray, samples: int) -> np.ndarray:
    """Sum of harmonics, each as loud as the formants make it, float32 `(samples,)`."""
    phase = np.cumsum(upsample(pitch, samples), dtype=np.float64) / SAMPLE_RATE_HZ
    turn = np.exp(2j * np.pi * (phase % 1.0)).astype(np.complex64)
    power = turn.copy()
    coarse = slice(None, None, 10)  # formants move slowly: 100 Hz is enough
    knots = np.arange(len(pitch))[coarse] * (SAMPLE_RATE_HZ / CONTROL_HZ)
    moments = np.arange(samples)
    sound = np.zeros(samples, np.float32)
    for harmonic in range(1, int(HIGHEST_HARMONIC_HZ / pitch.min()) + 1):
        frequency = harmonic * pitch[coarse]
        away = (frequency[:, None] - formants[coarse]) / FORMANT_WIDTH_HZ
        level = (FORMANT_LEVEL / np.sqrt(1 + away**2)).sum(axis=1)
        level *= harmonic**-TILT_PER_HARMONIC * loud[coarse] * (frequency < HIGHEST_HARMONIC_HZ)
        sound += np.interp(moments, knots, level).astype(np.float32) * power.imag
        power *= turn
    return sound


def room(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Room noise that comes and goes, float32 `(samples,)` with RMS near 1."""
    length = control_length(samples)
    centre = np.full(length, rng.uniform(150.0, 500.0))
    level = np.exp(0.3 * wander(length, 1.5, rng))
    return narrowband(centre, level, float(rng.uniform(60.0, 250.0)), samples, rng)
