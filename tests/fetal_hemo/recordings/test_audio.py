"""Samples of real files, as the device reads them, and their windows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.audio import load_samples, read_windows, windows_of


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


@pytest.mark.parametrize(
    ("name", "rate", "channels", "subtype"),
    [
        ("a.flac", 4_000, 1, "PCM_16"),
        ("a.wav", 4_000, 2, "PCM_16"),
        ("a.flac", 4_000, 1, "PCM_24"),
        ("a.wav", 4_000, 1, "FLOAT"),
        ("a.flac", 8_000, 1, "PCM_16"),
        ("a.wav", 11_025, 2, "PCM_16"),
    ],
)
def test_sought_windows_are_those_of_the_whole_file(
    tmp_path: Path, name: str, rate: int, channels: int, subtype: str
) -> None:
    """Whatever the file is; those at 4 kHz and 16 bit are read by seeking."""
    sound = 0.2 * np.random.default_rng(1).standard_normal((rate * 20, channels))
    soundfile.write(tmp_path / name, sound, rate, subtype=subtype)
    for channel in range(channels):
        whole = windows_of(load_samples(tmp_path / name, channel))
        for indices in ([4, 0, 3], list(range(5)), []):
            found = read_windows(tmp_path / name, channel, indices)
            np.testing.assert_array_equal(found, whole[indices])


def test_a_damaged_file_is_refused_by_window_too(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(-9_000, 9_000, 60_000).astype(np.int16)
    soundfile.write(tmp_path / "a.flac", noise, 4_000)
    content = (tmp_path / "a.flac").read_bytes()
    (tmp_path / "a.flac").write_bytes(content[: len(content) // 2])
    with pytest.raises(FetalHemoError, match=r"E-TRUNCATED|E-DAMAGED"):
        read_windows(tmp_path / "a.flac", 0, [3])
    with pytest.raises(FetalHemoError, match="E-NOT-FOUND"):
        read_windows(tmp_path / "b.flac", 0, [0])
