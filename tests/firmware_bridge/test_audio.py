"""Decoding against the samples that were encoded, and the refusals."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from firmware_bridge.audio import audio_from_samples, read_audio
from firmware_bridge.decode import open_source
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


def test_an_mp3_is_decoded_onward_and_its_library_has_nothing_to_say(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Seeking around every read, as soundfile does, starts libmpg123 anew in mid-stream."""
    path = tmp_path / "a.mp3"
    tones = np.sin(2 * np.pi * np.cumsum(np.linspace(100, 900, 480_000)) / 8_000)
    path.write_bytes(encode(0.2 * tones + 0.1 * noise(120), 8_000, "MP3", "MPEG_LAYER_III"))
    whole, _ = soundfile.read(path, dtype="float32", always_2d=True)
    with open_source(path) as source:
        blocks = np.concatenate(list(source.blocks))
    assert blocks.shape == whole.shape
    assert np.abs(blocks - whole).max() < 1e-6
    assert capfd.readouterr().err == ""


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


@pytest.mark.parametrize("times", [1.6, 3.0, 4.5, 20.0])
def test_loud_float_is_not_taken_for_int16(tmp_path: Path, times: float) -> None:
    loud = noise() / np.abs(noise()).max() * times
    path = tmp_path / "a.wav"
    path.write_bytes(encode(loud, sub="DOUBLE"))
    assert np.abs(read_audio(path).samples - loud).max() < 1e-5


@pytest.mark.parametrize("kind", [np.int64, np.uint64])
def test_integers_of_64_bits_are_on_any_scale(kind: type) -> None:
    whole = np.rint((noise() + 1) * 1_000).astype(kind)
    found = audio_from_samples(whole, 4_000).samples
    assert np.abs(found - whole / 32_768).max() < 1e-6


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


HEART_RATES = (1_000, 2_000, 4_000, 8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000)


@pytest.mark.parametrize("rate", HEART_RATES)
def test_every_rate_keeps_the_tone_and_says_its_band(tmp_path: Path, rate: int) -> None:
    time = np.arange(round(4 * rate)) / rate
    path = tmp_path / "a.wav"
    path.write_bytes(encode(0.5 * np.sin(2 * np.pi * 300 * time), rate))
    audio = read_audio(path)
    expected = 0.5 * np.sin(2 * np.pi * 300 * np.arange(16_000) / 4_000)
    middle = slice(400, -400)  # the resampler rings at the ends
    assert np.abs(audio.samples[middle] - expected[middle]).max() < 1e-3
    assert (audio.source_rate_hz, audio.duration_s) == (rate, 4.0)
    assert audio.band_limit_hz == min(rate, 4_000) / 2


def test_a_slow_source_has_nothing_above_its_band(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(encode(noise(8, 1_000), 1_000, sub="FLOAT"))
    power = np.abs(np.fft.rfft(read_audio(path).samples * np.hanning(32_000))) ** 2
    above = np.fft.rfftfreq(32_000, 1 / 4_000) > 550
    assert power[above].sum() < 1e-8 * power.sum()


@pytest.mark.parametrize(
    ("fmt", "sub", "bits"),
    [
        ("WAV", "PCM_U8", 8),
        ("WAV", "PCM_16", 16),
        ("WAV", "PCM_24", 24),
        ("WAV", "PCM_32", 32),
        ("WAV", "FLOAT", None),
        ("WAV", "DOUBLE", None),
        ("FLAC", "PCM_S8", 8),
        ("FLAC", "PCM_16", 16),
        ("OGG", "VORBIS", None),
        ("MP3", "MPEG_LAYER_III", None),
    ],
)
def test_a_source_says_what_it_is(tmp_path: Path, fmt: str, sub: str, bits: int | None) -> None:
    path = tmp_path / "a"
    path.write_bytes(encode(noise(8, 16_000), 16_000, fmt, sub))
    with open_source(path) as source:
        assert (source.format, source.subtype, source.bits) == (fmt, sub, bits)


@pytest.mark.parametrize("heart_in", [0, 1])
@pytest.mark.parametrize("other", ["noise", "silence", "hum"])
def test_the_channel_with_the_heart_is_chosen(
    screener: Any, tmp_path: Path, heart_in: int, other: str
) -> None:
    from fetal_hemo.simulate.recording import simulate_recording

    heart = simulate_recording(5, 1, 0, 0.5, 0.0, 0.3).samples
    time = np.arange(len(heart)) / 4_000
    others = {
        "noise": np.random.default_rng(0).normal(size=len(heart)) * 0.1,
        "silence": np.zeros(len(heart)),
        "hum": 0.5 * np.sin(2 * np.pi * 50 * time),
    }
    both = np.stack([heart, others[other]], axis=1)[:, :: 1 if heart_in == 0 else -1]
    path = tmp_path / "two.wav"
    path.write_bytes(encode(both))
    audio = read_audio(path, screener.best_channel)
    assert (audio.channels, audio.channel) == (2, heart_in)
    said = screener.screen_file(path).to_json()["recording"]
    assert (said["channels"], said["channel"]) == (2, heart_in)


def test_length_is_checked_before_a_sample_is_decoded(tmp_path: Path) -> None:
    """The header promises two hours and nothing that can be decoded follows."""
    whole = bytearray(encode(noise(), fmt="FLAC"))
    frames_at = 8 + 14  # STREAMINFO: the low 32 of 36 bits that count the samples (RFC 9639, 8.2)
    assert struct.unpack_from(">I", whole, frames_at) == (32_000,)
    struct.pack_into(">I", whole, frames_at, 2 * 3_600 * 4_000)
    path = tmp_path / "a.flac"
    path.write_bytes(whole[:2_000])
    assert refusal(path) == "E-TOO-LONG"
    struct.pack_into(">I", whole, frames_at, 32_000)
    path.write_bytes(whole[:2_000])
    assert refusal(path) == "E-DAMAGED"


def test_memory_follows_the_copy_and_not_the_source(tmp_path: Path) -> None:
    """Three minutes at 192 kHz in stereo are 276 MB of float32; 3 MB of it are kept."""
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", 192_000, 2, format="FLAC", subtype="PCM_16") as file:
        second = np.random.default_rng(0).integers(-9, 9, (192_000, 2), np.int16)
        for _ in range(180):
            file.write(second)
    code = (  # not getrusage: it begins with the peak of the process that started this one
        "import sys; from firmware_bridge.audio import read_audio; read_audio(sys.argv[1]); "
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 150_000  # kB


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_many_reads_do_not_fill_the_table_of_names(tmp_path: Path) -> None:
    """30,000 reads are more than the interpreter's table has places for; rebuilt it is larger."""
    (tmp_path / "a.wav").write_bytes(encode(noise()))
    code = """if True:
        import sys, soundfile
        import firmware_bridge.decode

        def pages_after(reads):
            for _ in range(reads):
                sound.seek(0)
                sound.read(10, dtype="float32")
            return int(open("/proc/self/statm").read().split()[1])

        with soundfile.SoundFile(sys.argv[1]) as sound:
            first = pages_after(100)
            print(pages_after(30_000) - first)
    """
    command = [sys.executable, "-c", code, str(tmp_path / "a.wav")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 32
