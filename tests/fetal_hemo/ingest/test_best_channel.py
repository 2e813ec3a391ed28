"""A unit that uses one of two channels: the copy holds the heart, and its sidecar says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.ingest import ingest
from fetal_hemo.recordings.sidecar import parse_sidecar
from fetal_hemo.simulate.recording import simulate_recording


@pytest.mark.parametrize("heart_in", [0, 1])
def test_the_channel_with_the_heart_is_copied(tmp_path: Path, heart_in: int) -> None:
    heart = simulate_recording(5, 1, 0, 0.5, 0.0, 0.3).samples
    both = np.stack([heart, np.random.default_rng(0).normal(size=len(heart)) * 0.1], axis=1)
    soundfile.write(tmp_path / "two.wav", both[:, :: 1 if heart_in == 0 else -1], 4_000)
    summary = ingest([tmp_path / "two.wav"], tmp_path / "c")
    assert summary.several_channels == 1
    sidecar = parse_sidecar((tmp_path / "c" / "audio" / "R0001.json").read_bytes())
    assert (sidecar.source.channels, sidecar.source.channel) == (2, heart_in)
    copy, _ = soundfile.read(tmp_path / "c" / "audio" / "R0001.flac")
    assert np.abs(copy / sidecar.gain - heart).max() < 2**-13
