"""What decoding one file tells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.recordings.audit.facts import AudioFacts, facts_of
from firmware_bridge.audio import read_audio


def facts(path: Path, x: np.ndarray, rate: int = 4_000, **how: object) -> AudioFacts:
    soundfile.write(path, x, rate, **how)
    return facts_of(read_audio(path), path)


def tone(hz: float, seconds: float = 8.0, rate: int = 4_000) -> np.ndarray:
    return 0.1 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)


def test_a_tone_of_known_level_and_pitch(tmp_path: Path) -> None:
    found = facts(tmp_path / "a.wav", tone(300) + 0.2, subtype="FLOAT")
    assert found.level_dbfs == pytest.approx(20 * np.log10(0.1 / np.sqrt(2)), abs=0.01)
    assert found.bandwidth_hz == 300
    assert (found.file_type, found.channels, found.source_rate_hz) == ("wav", 1, 4_000)
    assert (found.duration_s, found.dead_share, found.clipped_share) == (8, 0, 0)


def test_silence_is_counted_and_does_not_lower_the_level(tmp_path: Path) -> None:
    x = tone(300)
    x[8_000:16_000] = 0
    found = facts(tmp_path / "a.FLAC", x, format="FLAC")
    assert found.dead_share == 0.25
    assert found.level_dbfs == pytest.approx(-23.0, abs=0.05)
    assert found.file_type == "flac"


def test_a_click_in_silence_has_facts(tmp_path: Path) -> None:
    x = np.zeros(32_000)
    x[5] = 0.5
    found = facts(tmp_path / "a.wav", x)
    assert found.dead_share == pytest.approx(7 / 8)
    assert np.isfinite(found.level_dbfs)


def test_a_slow_source_is_told_by_its_band(data_dir: Path) -> None:
    path = data_dir / "doppler" / "luna_600s.wav"
    found = facts_of(read_audio(path), path)
    assert (found.source_rate_hz, found.band_limit_hz) == (1_000, 500)
    assert found.bandwidth_hz < 500
    assert 20 <= 600 * found.dead_share <= 30  # constant at 98-100 s and 260-280 s
    assert 8_000 < len(found.landmarks.value) < 13_000
