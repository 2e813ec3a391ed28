"""A file's windows are run while it is read: the same result as from all of it, in flat memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_bridge.audio import read_audio
from firmware_bridge.screen import Screener

PEAK = """
import sys
from firmware_bridge.screen import Screener
Screener.load().screen_file(sys.argv[1])
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def noise(seconds: float, rate: int, channels: int = 1) -> np.ndarray:
    frames = round(seconds * rate)
    loud = 0.1 + np.sin(np.pi * 2.4 * np.arange(frames) / rate) ** 4
    return np.random.default_rng(5).normal(0, 0.1, (frames, channels)) * loud[:, None]


@pytest.mark.parametrize(
    ("seconds", "rate", "channels", "subtype", "scale"),
    [
        (41.2, 4_000, 1, "PCM_16", 1.0),
        (41.2498, 4_000, 1, "PCM_24", 1.0),
        (30.0, 11_025, 1, "PCM_16", 1.0),
        (67.0, 44_100, 2, "PCM_16", 1.0),
        (30.0, 4_000, 2, "PCM_U8", 1.0),
        (30.0, 4_000, 1, "FLOAT", 1.0),
        (30.0, 4_000, 1, "FLOAT", 20_000.0),
    ],
)
def test_same_result(
    screener: Screener,
    tmp_path: Path,
    seconds: float,
    rate: int,
    channels: int,
    subtype: str,
    scale: float,
) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(seconds, rate, channels) * scale, rate, subtype=subtype)
    audio = read_audio(path, screener.best_channel)
    whole = screener.conclude(audio, screener.windows.run(audio.windows())).to_json()
    assert {**screener.screen_file(path).to_json(), "timing_s": 0} == {**whole, "timing_s": 0}


def test_memory_follows_windows_not_samples(tmp_path: Path) -> None:
    peaks = []
    for minutes in (1, 8):
        path = tmp_path / f"{minutes}.flac"
        soundfile.write(path, noise(60.0 * minutes, 4_000), 4_000)
        command = [sys.executable, "-c", PEAK, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout) / 1024)
    assert peaks[1] - peaks[0] < 10.0  # MB, for the rhythm; the samples alone would be 6.7 more
