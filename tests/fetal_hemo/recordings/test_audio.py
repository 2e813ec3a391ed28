"""Samples of real files, as the device reads them, and their windows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.audio import load_samples, windows_of


def test_a_4_khz_file_is_read_sample_for_sample(tmp_path: Path) -> None:
    written = (0.1 * np.random.default_rng(0).standard_normal(20_000) * 32_768).astype(np.int16)
    soundfile.write(tmp_path / "a.flac", written, 4_000)
    samples = load_samples(tmp_path / "a.flac")
    assert samples.dtype == np.float32
    np.testing.assert_array_equal(samples, written / np.float32(32_768))


def test_a_real_recording_is_brought_to_4_khz(data_dir: Path) -> None:
    samples = load_samples(data_dir / "doppler" / "luna_600s.wav")
    assert len(samples) == pytest.approx(600 * 4_000, abs=8)
    assert windows_of(samples).shape == (160, 15_000)


def test_windows_are_a_view_without_the_rest() -> None:
    samples = np.arange(40_000, dtype=np.float32)
    windows = windows_of(samples)
    assert windows.shape == (2, 15_000)
    assert windows[1, 0] == 15_000
    assert np.shares_memory(windows, samples)
    assert windows_of(samples[:14_999]).shape == (0, 15_000)


def test_what_is_no_audio_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_text("not audio")
    with pytest.raises(FetalHemoError, match="E-NOT-AUDIO"):
        load_samples(tmp_path / "a.flac")
