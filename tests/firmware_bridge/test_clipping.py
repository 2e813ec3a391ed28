"""Clipped share against signals clipped by a known amount."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from firmware_bridge.audio import audio_from_samples, read_audio
from firmware_bridge.decide import CLIPPED

TIME = np.arange(4_000 * 15) / 4_000


def test_share_of_a_clipped_sine() -> None:
    sine = np.sin(2 * np.pi * 50 * TIME)
    shares = audio_from_samples(np.clip(2 * sine, -1, 1), 4_000).clipped_share
    assert shares.shape == (4,)
    assert shares == pytest.approx(2 / 3, abs=0.05)  # |sin| > 1/2 two thirds of the time


def test_only_the_windows_that_reach_the_rail_are_clipped() -> None:
    sine = np.sin(2 * np.pi * 150 * TIME) * np.where(TIME < 7.5, 2.0, 0.5)
    shares = audio_from_samples(np.clip(sine, -0.6, 0.6), 4_000).clipped_share
    assert (shares[:2] > 0.4).all()
    assert (shares[2:] == 0).all()


def test_quiet_8_bit_signal_is_not_clipped() -> None:
    slow = np.rint(3 * np.sin(2 * np.pi * 20 * TIME)).astype(np.int8)
    assert (audio_from_samples(slow, 4_000).clipped_share == 0).all()


def test_unclipped_int16_noise_is_not_clipped() -> None:
    noise = np.random.default_rng(0).normal(size=60_000) * 3_000
    assert (audio_from_samples(noise.astype(np.int16), 4_000).clipped_share == 0).all()


@pytest.mark.parametrize("name", ["good", "poor", "interference", "talking", "silent"])
def test_real_clips_are_not_clipped(data_dir: Path, name: str) -> None:
    audio = read_audio(data_dir / "doppler" / f"quality_{name}.wav")
    assert (audio.clipped_share <= CLIPPED).all()


def test_8_bit_recording_is_clipped_in_its_dead_spans_at_most(data_dir: Path) -> None:
    audio = read_audio(data_dir / "doppler" / "luna_600s.wav")
    assert np.count_nonzero(audio.clipped_share > CLIPPED) <= 2
