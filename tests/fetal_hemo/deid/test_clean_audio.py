"""Every kind of audio in; the same samples out, and nothing beside them."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.deid.clean_audio import clean_audio
from fetal_hemo.deid.flac_blocks import COMMENTS, STREAM_INFO, flac_blocks
from fetal_hemo.deid.silence import Silencer
from fetal_hemo.deid.speech import SpeechFinder
from firmware_bridge.audio import read_audio
from firmware_bridge.band_note import band_note
from firmware_bridge.errors import FetalHemoError


def noise(shape: tuple[int, ...], bits: int) -> np.ndarray:
    full = 2 ** (bits - 1)
    return np.random.default_rng(bits).integers(-full, full, shape) << (32 - bits)


def copied(source: Path, finder: SpeechFinder, silencer: Silencer | None = None) -> Path:
    target = source.with_name("clean.flac")
    made = clean_audio(source, target, finder, silencer)
    assert made.n_samples == soundfile.info(target).frames
    assert sorted(p.name for p in source.parent.iterdir()) == sorted([source.name, target.name])
    return target


@pytest.mark.parametrize(
    ("name", "subtype", "bits"),
    [
        ("a.wav", "PCM_16", 16),
        ("a.wav", "PCM_U8", 8),
        ("a.wav", "PCM_24", 24),
        ("a.flac", "PCM_16", 16),
        ("a.flac", "PCM_24", 24),
        ("a.flac", "PCM_S8", 8),
    ],
)
@pytest.mark.parametrize(("rate", "channels"), [(1_000, 1), (11_025, 2), (44_100, 1)])
def test_whole_numbers_stay_bit_for_bit(
    tmp_path: Path,
    finder: SpeechFinder,
    name: str,
    subtype: str,
    bits: int,
    rate: int,
    channels: int,
) -> None:
    path = tmp_path / name
    soundfile.write(path, noise((5 * rate, channels), bits).astype(np.int32), rate, subtype)
    before, _ = soundfile.read(path, dtype="int32", always_2d=True)
    target = copied(path, finder)
    after, rate_after = soundfile.read(target, dtype="int32", always_2d=True)
    assert np.array_equal(before, after)
    assert len(np.unique(before)) > 200
    assert rate_after == rate
    assert soundfile.info(target).subtype == subtype.replace("U8", "S8")


@pytest.mark.parametrize(
    ("subtype", "scale", "level"),
    [("FLOAT", 0.9, 1.0), ("DOUBLE", 0.9, 1.0), ("PCM_32", 0.9, 1.0), ("FLOAT", 1.2, 0.5)],
)
def test_other_samples_are_kept_to_24_bits(
    tmp_path: Path, finder: SpeechFinder, subtype: str, scale: float, level: float
) -> None:
    sound = np.sin(np.arange(20_000) / 3) * scale
    soundfile.write(tmp_path / "a.wav", sound, 4_000, subtype)
    after, _ = soundfile.read(copied(tmp_path / "a.wav", finder))
    # Halved where it would not fit; half a step, and half of one of float32.
    assert np.abs(after - level * sound).max() <= 0.75 / 2**23


def test_floats_that_hold_int16_values_sound_the_same(tmp_path: Path, finder: SpeechFinder) -> None:
    sound = np.rint(9_000 * np.sin(np.arange(20_000) / 3))
    soundfile.write(tmp_path / "a.wav", sound, 4_000, "DOUBLE")
    before = read_audio(tmp_path / "a.wav").samples
    assert np.array_equal(read_audio(copied(tmp_path / "a.wav", finder)).samples, before)


@pytest.mark.parametrize(("kind", "subtype"), [("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III")])
def test_lossy_audio_is_kept_as_it_is_decoded(
    tmp_path: Path, finder: SpeechFinder, kind: str, subtype: str
) -> None:
    path = tmp_path / "a"
    sound = 0.3 * np.sin(np.arange(80_000) / 9)
    soundfile.write(path, sound, 16_000, subtype, format=kind)
    before = read_audio(path).samples
    assert np.abs(read_audio(copied(path, finder)).samples - before).max() < 1e-6


def test_nothing_but_stream_information_is_left(tmp_path: Path, finder: SpeechFinder) -> None:
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", 4_000, 1, "PCM_16", format="FLAC") as file:
        file.title = file.comment = "Mrs Brown"
        file.write(noise((20_000,), 16).astype(np.int32))
    with copied(path, finder).open("rb") as file:
        assert [block.kind for block in flac_blocks(file)] == [STREAM_INFO]
        assert b"libFLAC" not in file.read()


def test_the_note_of_a_narrow_source_is_written_anew(tmp_path: Path, finder: SpeechFinder) -> None:
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", 4_000, 1, "PCM_16", format="FLAC") as file:
        file.comment = band_note(500.123456)
        file.write(noise((20_000,), 16).astype(np.int32))
    target = copied(path, finder)
    assert soundfile.SoundFile(target).comment == "band_limit_hz=500"
    with target.open("rb") as file:
        assert [block.kind for block in flac_blocks(file)] == [STREAM_INFO, COMMENTS]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "E-EMPTY"),
        (b"no sound", "E-NOT-AUDIO"),
        (struct.pack("<15000f", *[float("nan")] * 15_000), "E-NOT-FINITE"),
        (struct.pack("<15000f", *[0.5] * 15_000), "E-CONSTANT"),
        (struct.pack("<150f", *[0.1, 0.2] * 75), "E-TOO-SHORT"),
    ],
)
def test_bad_audio_leaves_nothing(
    tmp_path: Path, finder: SpeechFinder, body: bytes, code: str
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(body)
    if len(body) > 8:
        samples = np.frombuffer(body, "<f4")
        soundfile.write(path, samples, 4_000, "FLOAT")
    with pytest.raises(FetalHemoError) as caught:
        clean_audio(path, tmp_path / "clean.flac", finder, None)
    assert caught.value.code == code
    assert [p.name for p in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize("name", ["luna_600s", "autofhr_1", "quality_good"])
def test_real_recordings_sound_the_same(
    data_dir: Path, tmp_path: Path, finder: SpeechFinder, name: str
) -> None:
    source, target = data_dir / "doppler" / f"{name}.wav", tmp_path / "clean.flac"
    clean_audio(source, target, finder, None)
    before, after = read_audio(source), read_audio(target)
    assert np.array_equal(before.samples, after.samples)
    assert before.source_rate_hz == after.source_rate_hz
