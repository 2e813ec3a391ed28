"""Decoding against the samples that were encoded, and the refusals."""

from __future__ import annotations

import hashlib
import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from firmware_bridge.audio import audio_from_samples, read_audio
from firmware_bridge.errors import FetalHemoError


def noise(seconds: float = 8.0, rate: int = 4_000, channels: int = 1) -> np.ndarray:
    shape = (round(seconds * rate), channels) if channels > 1 else round(seconds * rate)
    return np.random.default_rng(3).normal(size=shape) * 0.1


def encode(samples: np.ndarray, rate: int = 4_000, fmt: str = "WAV", sub: str = "PCM_16") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=fmt, subtype=sub)
    return file.getvalue()


def refusal(path: str | Path) -> str:
    with pytest.raises(FetalHemoError) as caught:
        read_audio(path)
    assert "\n" not in caught.value.line()
    return caught.value.code


@pytest.mark.parametrize(
    ("fmt", "sub", "step"),
    [
        ("WAV", "PCM_U8", 2**-7),
        ("WAV", "PCM_16", 2**-15),
        ("WAV", "PCM_24", 2**-23),
        ("WAV", "PCM_32", 2**-23),
        ("WAV", "FLOAT", 2**-25),
        ("WAV", "DOUBLE", 1e-7),
        ("FLAC", "PCM_16", 2**-15),
        ("FLAC", "PCM_24", 2**-23),
        ("RF64", "PCM_16", 2**-15),
    ],
)
def test_lossless_4_khz_comes_back_to_a_quantisation_step(
    tmp_path: Path, fmt: str, sub: str, step: float
) -> None:
    samples, path = noise(), tmp_path / "a"
    path.write_bytes(encode(samples, fmt=fmt, sub=sub))
    audio = read_audio(path)
    assert audio.samples.dtype == np.float32
    assert np.abs(audio.samples - samples).max() <= step
    assert audio.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (audio.duration_s, audio.band_limit_hz, audio.source_rate_hz) == (8.0, 2_000.0, 4_000)


@pytest.mark.parametrize(("fmt", "sub"), [("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")])
def test_lossy_formats_are_close(tmp_path: Path, fmt: str, sub: str) -> None:
    time = np.arange(16_000 * 8) / 16_000
    tone = 0.3 * np.sin(2 * np.pi * 300 * time) * (1 + np.sin(2 * np.pi * 2.4 * time)) / 2
    path = tmp_path / "a"
    path.write_bytes(encode(tone, 16_000, fmt, sub))
    samples = read_audio(path).samples
    spectrum = np.abs(np.fft.rfft(samples))
    peak = np.fft.rfftfreq(len(samples), 1 / 4_000)[spectrum.argmax()]
    assert abs(peak - 300) < 1


@pytest.mark.parametrize("rate", [1_000, 11_025, 44_100, 96_000])
def test_block_resampling_equals_one_shot(tmp_path: Path, rate: int) -> None:
    samples = noise(20, rate).astype(np.float32)
    path = tmp_path / "a.wav"
    path.write_bytes(encode(samples, rate, sub="FLOAT"))
    expected = soxr.resample(samples, rate, 4_000)
    found = read_audio(path).samples
    assert len(found) == 80_000
    assert np.abs(found[: len(expected)] - expected[: len(found)]).max() < 1e-5


def test_float_on_an_int16_scale_is_brought_down(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(encode(noise() * 32_768, sub="DOUBLE"))
    assert np.abs(read_audio(path).samples - noise()).max() < 1e-6


def test_array_equals_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(encode(noise(rate=8_000), 8_000))
    from_file = read_audio(path).samples
    integers, _ = soundfile.read(path, dtype="int16")
    assert np.array_equal(audio_from_samples(integers, 8_000).samples, from_file)


def test_choice_of_channel_sees_one_minute(tmp_path: Path) -> None:
    samples = noise(80, 4_000, 3)
    path = tmp_path / "a.flac"
    path.write_bytes(encode(samples, fmt="FLAC"))
    seen: list[tuple[int, ...]] = []

    def last(minute: np.ndarray) -> int:
        seen.append(minute.shape)
        return 2

    audio = read_audio(path, last)
    assert seen == [(3, 240_000)]
    assert (audio.channels, audio.channel) == (3, 2)
    assert np.abs(audio.samples - samples[:, 2]).max() <= 2**-15


def test_clip_one_sample_short_of_a_window_is_filled(data_dir: Path) -> None:
    assert len(read_audio(data_dir / "doppler" / "autofhr_1.wav").samples) == 15_000


def test_missing_folder_pipe_and_device(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "none.wav") == "E-NOT-FOUND"
    assert refusal(tmp_path) == "E-IS-DIRECTORY"
    assert refusal(tmp_path / "pipe") == "E-UNREADABLE"
    assert refusal("/dev/zero") == "E-UNREADABLE"
    assert refusal("a\0b") == "E-UNREADABLE"


WAV = encode(noise())
SIZE_AT = WAV.index(b"data") + 4
FMT_AT = WAV.index(b"fmt ") + 8


def patched(at: int, value: bytes) -> bytes:
    return WAV[:at] + value + WAV[at + len(value) :]


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("E-EMPTY", b""),
        ("E-NOT-AUDIO", b"this is a text, whatever its name says\n" * 50),
        ("E-NOT-AUDIO", bytes(100_000)),
        ("E-NOT-AUDIO", encode(noise(), fmt="AIFF")),
        ("E-TRUNCATED", WAV[: len(WAV) // 2]),
        ("E-TRUNCATED", WAV[:-1]),
        ("E-TRUNCATED", WAV[:30]),
        ("E-TRUNCATED", WAV[:10]),
        ("E-TRUNCATED", encode(noise(), fmt="RF64")[:-100]),
        ("E-TRUNCATED", encode(noise(8, 8_000), 8_000, "OGG", "VORBIS")[:-100]),
        ("E-TRUNCATED", patched(SIZE_AT, bytes(4))),
        ("E-DAMAGED", encode(noise(), fmt="FLAC")[:-1_000]),
        ("E-CHANNELS", patched(FMT_AT + 2, bytes(2))),
        ("E-CHANNELS", encode(noise(8, 4_000, 9))),
        ("E-SAMPLE-RATE", patched(FMT_AT + 4, bytes(4))),
        ("E-SAMPLE-RATE", encode(noise(40, 500), 500)),
        ("E-SAMPLE-RATE", encode(noise(4, 200_000), 200_000)),
        ("E-TOO-SHORT", encode(noise(3))),
        ("E-TOO-SHORT", encode(noise(3.74))),
        ("E-TOO-LONG", encode(np.zeros(6 * 3_600_000, np.int16), 1_000, sub="PCM_U8")),
        ("E-NOT-FINITE", encode(np.append(noise(), np.nan), sub="FLOAT")),
        ("E-NOT-FINITE", encode(np.append(noise(), -np.inf), sub="DOUBLE")),
        ("E-CONSTANT", encode(np.full(40_000, 0.25))),
    ],
)
def test_refusals(tmp_path: Path, code: str, data: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    assert refusal(path) == code


@pytest.mark.parametrize("size", [0xFFFF_FFFF, 0x7FFF_F000])
def test_streamed_wav_without_a_length_is_read(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(patched(SIZE_AT, struct.pack("<I", size)))
    assert len(read_audio(path).samples) == 32_000


def test_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(WAV)
    os.truncate(path, 5 * 2**30)  # sparse: takes no room
    assert refusal(path) == "E-TOO-BIG"


@pytest.mark.parametrize(
    ("code", "samples", "rate"),
    [
        ("E-NOT-AUDIO", np.zeros((2, 2, 2)), 4_000),
        ("E-NOT-AUDIO", np.array(["a"] * 20_000), 4_000),
        ("E-EMPTY", np.zeros(0), 4_000),
        ("E-CHANNELS", np.zeros((100, 9)), 4_000),
        ("E-TOO-LONG", np.zeros(3_600_001, np.int8), 1_000),
        ("E-NOT-FINITE", np.append(noise(), np.nan), 4_000),
        ("E-CONSTANT", np.ones(20_000, np.uint8), 4_000),
    ],
)
def test_array_refusals(code: str, samples: np.ndarray, rate: int) -> None:
    with pytest.raises(FetalHemoError) as caught:
        audio_from_samples(samples, rate)
    assert caught.value.code == code
