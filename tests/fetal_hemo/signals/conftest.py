"""Synthetic heart sounds with a known rate, and real clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from fetal_hemo.constants import SAMPLE_RATE_HZ, WINDOW_SAMPLES
from fetal_hemo.signals import FrontEnd
from firmware_bridge.audio import read_audio

BeatTrain = Callable[..., Tensor]


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Small arrays: more threads only get in each other's way."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def front_end() -> FrontEnd:
    """The front end; it has no weights and no state."""
    return FrontEnd().eval()


@pytest.fixture(scope="session")
def clip(data_dir: Path) -> Callable[[str], Tensor]:
    """Windows `(windows, 15000)` at 4 kHz of a real recording by its name."""

    def read(name: str) -> Tensor:
        return torch.from_numpy(read_audio(data_dir / "doppler" / f"{name}.wav").windows().copy())

    return read


@pytest.fixture(scope="session")
def beat_train() -> BeatTrain:
    """Function that makes one window `(1, 15000)` of noise bursts at a steady rate."""

    def make(bpm: float, seed: int = 0, second_lobe: float = 0.0, noise: float = 0.1) -> Tensor:
        """Bursts of 40 ms; `second_lobe` is the size of another burst 40 % of a beat later."""
        rng = np.random.default_rng(seed)
        time = np.arange(WINDOW_SAMPLES) / SAMPLE_RATE_HZ
        beats = np.arange(-1.0, 16.0) + rng.random()
        level = np.zeros_like(time)
        for offset, size in ((0.0, 1.0), (0.4, second_lobe)):
            centres = (beats + offset) * 60.0 / bpm
            level += size * np.exp(-0.5 * ((time[:, None] - centres) / 0.02) ** 2).sum(axis=1)
        sound = (level + noise) * rng.standard_normal(WINDOW_SAMPLES) * 0.1
        return torch.from_numpy(sound.astype(np.float32))[None]

    return make
