"""The note of a copy's band: read back as written, and bounded by what a file could hold."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_bridge.audio import read_audio
from firmware_bridge.band_note import band_note, noted_limit_hz


@pytest.mark.parametrize("limit", [500.0, 1_000.0, 1_378.125, 0.5])
def test_round_trip(limit: float) -> None:
    assert noted_limit_hz(band_note(limit)) == limit


@pytest.mark.parametrize(
    "comment", ["", "band_limit_hz=", "band_limit_hz=0", "band_limit_hz=1e3", "band_limit_hz=-5",
                "Maria", "band_limit_hz=5 Maria", "band_limit_hz=٥"],
)  # fmt: skip
def test_other_comments_say_nothing(comment: str) -> None:
    assert noted_limit_hz(comment) == math.inf


@pytest.mark.parametrize(("said", "limit"), [("500", 500.0), ("99999", 2_000.0)])
def test_a_file_can_claim_less_than_its_rate_and_never_more(
    said: str, limit: float, tmp_path: Path
) -> None:
    with soundfile.SoundFile(
        tmp_path / "a.flac", "w", 8_000, 1, format="FLAC", subtype="PCM_16"
    ) as file:
        file.comment = f"band_limit_hz={said}"
        file.write(np.random.default_rng(0).normal(size=40_000) * 0.1)
    assert read_audio(tmp_path / "a.flac").band_limit_hz == limit
