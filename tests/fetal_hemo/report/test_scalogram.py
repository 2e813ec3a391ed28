"""What the front end sees, joined: time runs on over the windows, and silence is empty."""

from __future__ import annotations

import numpy as np
import pytest

from fetal_hemo.constants import BANDS, FRAME_RATE_HZ, FRAMES, WINDOW_SAMPLES
from fetal_hemo.report.scalogram import LOWEST, see
from fetal_hemo.signals.filterbank import band_centres_hz


def test_a_tone_is_seen_where_and_when_it_sounds() -> None:
    samples = np.random.default_rng(0).normal(size=3 * WINDOW_SAMPLES) * 1e-4
    time = np.arange(WINDOW_SAMPLES) / 4_000
    samples[WINDOW_SAMPLES : 2 * WINDOW_SAMPLES] += np.sin(2 * np.pi * 300 * time)
    picture = see(samples).scalogram
    assert picture.shape == (BANDS, 3 * FRAMES)
    inside = picture[:, FRAMES + 100 : 2 * FRAMES - 100].mean(axis=1)
    assert band_centres_hz()[inside.argmax()] == pytest.approx(300, rel=0.1)
    outside = picture[:, 100 : FRAMES - 100].mean(axis=1)
    assert np.ptp(inside) > 3 * np.ptp(outside)


def test_the_envelope_swells_with_the_beat(beating) -> None:
    envelope = see(beating(4)).envelope
    power = np.abs(np.fft.rfft(envelope - envelope.mean()))
    hz = np.fft.rfftfreq(len(envelope), 1 / FRAME_RATE_HZ)
    assert 60 * hz[power.argmax()] == pytest.approx(140, abs=4)


def test_silence_is_empty() -> None:
    seen = see(np.zeros(2 * WINDOW_SAMPLES + 7))
    assert (seen.scalogram == LOWEST).all()
    assert (seen.envelope == 0).all()
    assert see(np.zeros(5)).scalogram.shape == (BANDS, 0)
