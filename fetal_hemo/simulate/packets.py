"""Digital senders nearby: framed pulses, keyed data, crackle; what a receiver makes of them.

Rates follow the standards' frames where one is named; the rest is our inference (`I`).
"""

from __future__ import annotations

import numpy as np
from scipy.signal import oaconvolve

from fetal_hemo.constants import SAMPLE_RATE_HZ

# S: GSM, DECT and LTE, PHS, TETRA, half-rate GSM, UMTS
FRAME_HZ = (216.7, 100.0, 200.0, 17.65, 108.3, 66.7)
OTHER_FRAME_HZ = (12.0, 400.0)  # I: slower ones could not be told from a pulse and its overtones
RING_HZ, RING_S = (180.0, 1_600.0), (3e-4, 8e-3)  # I: how the receiver answers a pulse
BAUD = (20.0, 900.0)
PACKET_S, GAP_S = (0.02, 1.2), (0.005, 0.6)
CRACKLE_HZ = (25.0, 300.0)


def framed(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Pulses at a frame rate, of which the data leave out some, float32 `(samples,)`."""
    exact = rng.random() < 0.5
    rate = rng.choice(FRAME_HZ) if exact else np.exp(rng.uniform(*np.log(OTHER_FRAME_HZ)))
    times = (np.arange(int(samples / SAMPLE_RATE_HZ * rate) + 1) + rng.random()) / rate
    sizes = rng.lognormal(0, rng.uniform(0.0, 0.5), len(times))
    if rng.random() < 0.6:  # slots are left empty, one by one or in runs
        run = 1 + rng.geometric(1 / rng.uniform(1, 0.4 * rate + 2), len(times))
        used = rng.random(len(times)) < rng.uniform(0.3, 0.95)
        sizes *= np.repeat(used, run)[: len(times)] + rng.uniform(0, 0.2)
    sound = ringing(times, sizes, samples, rng)
    if rng.random() < 0.5:  # a second slot of the frame
        sound += ringing(times + rng.uniform(0.1, 0.6) / rate, sizes[::-1], samples, rng)
    return sound


def keyed(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Packets of bits as two or four pitches, on and off, or turns of phase, `(samples,)`."""
    length = SAMPLE_RATE_HZ / np.exp(rng.uniform(*np.log(BAUD)))
    count = int(samples / length) + 2
    levels = int(rng.choice([2, 4]))
    bits = rng.integers(0, levels, count)
    preamble = np.arange(count) % max(8, count // int(rng.integers(2, 9))) < 8
    bits[preamble] = np.arange(count)[preamble] % 2
    symbol = bits[np.minimum((np.arange(samples) / length).astype(int), count - 1)]
    centre, shift = rng.uniform(250.0, 1_300.0), rng.uniform(30.0, 400.0)
    frequency, size, turn = np.full(samples, centre), np.ones(samples), np.zeros(samples)
    kind = int(rng.integers(3))
    if kind == 0:
        frequency = centre + shift * (symbol / (levels - 1) - 0.5)
    elif kind == 1:
        size = symbol / (levels - 1)
    else:
        turn = symbol / levels
    phase = np.cumsum(frequency, dtype=np.float64) / SAMPLE_RATE_HZ + turn
    tone = size * np.cos(2 * np.pi * (phase % 1.0))
    return (tone * _packets(samples, rng)).astype(np.float32)


def crackle(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Sparks at random times, each of which rings, float32 `(samples,)`."""
    rate = np.exp(rng.uniform(*np.log(CRACKLE_HZ)))
    count = 8 + rng.poisson(rate * samples / SAMPLE_RATE_HZ)
    times = rng.uniform(0, samples / SAMPLE_RATE_HZ, count)
    return ringing(times, rng.lognormal(0, rng.uniform(0.2, 1.0), count), samples, rng)


def ringing(
    times_s: np.ndarray, sizes: np.ndarray, samples: int, rng: np.random.Generator
) -> np.ndarray:
    """The same damped ring at every one of `(pulses,)` times, float32 `(samples,)`."""
    at = np.rint(times_s * SAMPLE_RATE_HZ).astype(int)
    inside = (at >= 0) & (at < samples)
    train = np.bincount(at[inside], sizes[inside], samples)
    time = np.arange(200) / SAMPLE_RATE_HZ
    decay = np.exp(-time / np.exp(rng.uniform(*np.log(RING_S))))
    ring = decay * np.cos(2 * np.pi * (rng.uniform(*RING_HZ) * time + rng.random()))
    return oaconvolve(train, ring)[:samples].astype(np.float32)


def _packets(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Gate `(samples,)` of packets and gaps; in a third of the draws it never closes."""
    if rng.random() < 0.33:
        return np.ones(samples)
    mean = np.array([np.exp(rng.uniform(*np.log(span))) for span in (PACKET_S, GAP_S)])
    spread = rng.uniform(0.0, 0.7)  # 0: all packets and gaps alike, as a poll
    count = 2 * int(samples / SAMPLE_RATE_HZ / mean.sum()) + 8
    lengths = mean[np.arange(count) % 2] * rng.lognormal(0, spread, count) * SAMPLE_RATE_HZ
    gate = np.repeat(np.arange(count) % 2 == 0, 1 + lengths.astype(int))
    return np.resize(np.roll(gate, -int(rng.integers(len(gate)))), samples).astype(float)
