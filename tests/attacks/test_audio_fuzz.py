"""Mutated sound files: each gives audio that is finite and long enough, or a named refusal."""

from __future__ import annotations

import io
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from firmware_bridge.audio import read_audio
from firmware_bridge.errors import CATALOGUE, EXIT_DATA, FetalHemoError

HEADER = 100


def encoded(fmt: str, sub: str, rate: int) -> bytes:
    samples = np.random.default_rng(1).normal(size=5 * rate) * 0.1
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=fmt, subtype=sub)
    return file.getvalue()


def outcome(path: Path) -> str:
    """`read` or the code of the refusal; any other error, or a bad reading, fails the test."""
    refusal = None
    try:
        audio = read_audio(path)
    except FetalHemoError as error:
        refusal = error
    if refusal is not None:
        assert CATALOGUE[refusal.code].exit_status == EXIT_DATA
        assert "\n" not in refusal.line()
        return refusal.code
    assert np.isfinite(audio.samples).all()
    assert len(audio.samples) >= 15_000
    assert audio.duration_s <= 3_600
    assert 1 <= audio.channels <= 8
    return "read"


@pytest.mark.parametrize(
    ("fmt", "sub", "rate"),
    [("WAV", "PCM_16", 4_000), ("WAV", "FLOAT", 8_000), ("FLAC", "PCM_16", 4_000)],
)
def test_mutated_headers(tmp_path: Path, fmt: str, sub: str, rate: int) -> None:
    original, path = encoded(fmt, sub, rate), tmp_path / "a"
    rng = random.Random(11)
    seen: Counter[str] = Counter()
    for _ in range(150):
        data = bytearray(original)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(HEADER)] = rng.choice([0, 1, 0x7F, 0xFF, rng.randrange(256)])
        path.write_bytes(data)
        seen[outcome(path)] += 1
    assert len(seen) > 2  # the mutations reach more than one check


@pytest.mark.parametrize(("fmt", "sub"), [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS")])
def test_no_truncation_is_read_as_a_shorter_recording(tmp_path: Path, fmt: str, sub: str) -> None:
    original, path = encoded(fmt, sub, 8_000), tmp_path / "a"
    rng = random.Random(12)
    cuts = [len(original) - 1, *(rng.randrange(len(original)) for _ in range(100))]
    for cut in cuts:
        path.write_bytes(original[:cut])
        assert outcome(path) in ("E-TRUNCATED", "E-DAMAGED", "E-NOT-AUDIO", "E-EMPTY"), cut


def test_flips_inside_flac_are_noticed(tmp_path: Path) -> None:
    original, path = encoded("FLAC", "PCM_16", 4_000), tmp_path / "a"
    path.write_bytes(original)
    expected = read_audio(path).samples
    rng = random.Random(13)
    for _ in range(100):
        data = bytearray(original)
        data[rng.randrange(200, len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        if outcome(path) == "read":
            assert np.array_equal(read_audio(path).samples, expected)


def test_random_bytes_under_every_name(tmp_path: Path) -> None:
    rng = np.random.default_rng(14)
    heads = (
        b"",
        b"RIFF\xff\xff\xff\xffWAVE",
        b"fLaC",
        b"OggS",
        b"ID3",
        b"\xff\xfb",
        b"FORM",
        b"RF64",
    )
    for head in heads:
        for _ in range(5):
            path = tmp_path / "a.wav"
            path.write_bytes(head + rng.bytes(30_000))
            assert outcome(path) != "read"
