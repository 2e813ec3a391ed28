"""The same sound in every disguise is found, and other sound never."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from fetal_hemo.progress import silent
from fetal_hemo.recordings.audit.landmarks import landmarks_of
from fetal_hemo.recordings.audit.twins import Twin, find_twins
from firmware_bridge.audio import read_audio

Disguise = Callable[[np.ndarray, int, Path], Path]


def _hiss(rate: int) -> np.ndarray:
    """1.3037 s of faint noise."""
    return 1e-3 * np.random.default_rng(0).standard_normal(int(1.3037 * rate))


def _write(x: np.ndarray, rate: int, path: Path, to: int = 0, **how: object) -> Path:
    if to:
        x, rate = soxr.resample(x, rate, to), to
    soundfile.write(path, x, rate, **how)
    return path


DISGUISES: dict[str, Disguise] = {
    "quieter": lambda x, r, p: _write(0.25 * x, r, p.with_suffix(".wav")),
    "inverted": lambda x, r, p: _write(-x, r, p.with_suffix(".flac")),
    "cut": lambda x, r, p: _write(x[int(1.3037 * r) :], r, p.with_suffix(".flac")),
    "late": lambda x, r, p: _write(np.concatenate([_hiss(r), x]), r, p.with_suffix(".flac")),
    "8 bit": lambda x, r, p: _write(
        0.4 * x / abs(x).max(), r, p.with_suffix(".wav"), subtype="PCM_U8"
    ),
    "16 kHz": lambda x, r, p: _write(x, r, p.with_suffix(".wav"), 16_000),
    "4 kHz": lambda x, r, p: _write(x, r, p.with_suffix(".flac"), 4_000),
    "MP3": lambda x, r, p: _write(x, r, p.with_suffix(".mp3"), 16_000),
    "OGG": lambda x, r, p: _write(x, r, p.with_suffix(".ogg"), 8_000),
    "part": lambda x, r, p: _write(0.5 * x[5 * r : 11 * r], r, p.with_suffix(".flac"), 8_000),
}


def _common_s(original: Path, copy: Path, offset: float) -> float:
    ends = soundfile.info(original).duration, soundfile.info(copy).duration + offset
    return min(ends) - max(0.0, offset)


def _heard(path: Path) -> bool:
    """Whether the probe was plugged in: some simulated recordings are silent."""
    return bool(np.ptp(soundfile.read(path)[0]))


def twins_of(*paths: Path) -> list[Twin]:
    prints = [landmarks_of(read_audio(path).samples) for path in paths]
    return find_twins(prints, paths, silent)


@pytest.fixture(scope="module")
def originals(data_dir: Path, simulated: Path, tmp_path_factory) -> list[Path]:
    """15 s of the real ten minutes, a research clip, and a simulated recording."""
    folder = tmp_path_factory.mktemp("originals")
    x, rate = soundfile.read(data_dir / "doppler" / "luna_600s.wav", dtype="float32")
    real = _write(x[30 * rate : 45 * rate], rate, folder / "real.wav", subtype="PCM_U8")
    clip = data_dir / "doppler" / "quality_good.wav"
    return [real, clip, sorted((simulated / "audio").iterdir())[0]]


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_is_seen_through(originals: list[Path], name: str, tmp_path: Path) -> None:
    for original in originals:
        x, rate = soundfile.read(original, dtype="float32")
        if name in ("part", "cut") and len(x) < 11 * rate:
            continue
        copy = DISGUISES[name](x, rate, tmp_path / original.stem)
        (twin,) = twins_of(original, copy)
        assert twin.inverted == (name == "inverted")
        assert twin.coherence > 0.8
        offset = {"cut": 1.3037, "late": -1.3037, "part": 5.0}.get(name, 0.0)
        assert twin.offset_s == pytest.approx(offset, abs=0.002)
        assert twin.shared_s == pytest.approx(_common_s(original, copy, offset), abs=0.7)
        if name in ("quieter", "part"):
            assert twin.gain_db == pytest.approx(-12 if name == "quieter" else -6, abs=0.3)


def test_a_short_clip_inside_ten_minutes_is_found(data_dir: Path, tmp_path: Path) -> None:
    whole = data_dir / "doppler" / "luna_600s.wav"
    x, rate = soundfile.read(whole, dtype="float32")
    clip = _write(x[431 * rate : 441 * rate], rate, tmp_path / "clip.mp3", 8_000)
    (twin,) = twins_of(whole, clip)
    assert twin.offset_s == pytest.approx(431, abs=0.1)  # an MP3 begins with some silence
    assert twin.words().startswith("10.")


def test_a_piece_that_was_spliced_into_another_recording(simulated: Path, tmp_path: Path) -> None:
    first, second = sorted((simulated / "audio").iterdir())[:2]
    x, rate = soundfile.read(first, dtype="float32")
    y, _ = soundfile.read(second, dtype="float32")
    mixed = np.concatenate([y[: 3 * rate], x[4 * rate : 8 * rate], y[7 * rate :]])
    spliced = _write(mixed, rate, tmp_path / "spliced.flac")
    found = twins_of(first, second, spliced)
    assert [(twin.first, twin.second) for twin in found] == [(0, 2), (1, 2)]
    assert found[0].offset_s == pytest.approx(1, abs=0.002)
    assert found[0].shared_s <= 6


def test_other_recordings_are_never_taken_for_copies(simulated: Path) -> None:
    paths = [path for path in sorted((simulated / "audio").iterdir()) if _heard(path)]
    assert len(paths) >= 60
    assert twins_of(*paths) == []


def test_other_minutes_of_one_woman_are_no_copies(data_dir: Path, tmp_path: Path) -> None:
    x, rate = soundfile.read(data_dir / "doppler" / "luna_600s.wav", dtype="float32")
    minutes = [
        _write(x[i * 60 * rate : (i + 1) * 60 * rate], rate, tmp_path / f"{i}.wav")
        for i in range(9)
    ]
    clips = sorted((data_dir / "doppler").glob("quality_[gpit]*.wav"))
    assert twins_of(*minutes, *clips) == []


def test_the_same_hum_does_not_make_two_recordings_alike(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    time = np.arange(80_000) / 4_000
    hum = sum(np.sin(2 * np.pi * k * 50 * time) for k in range(1, 9))
    beat = np.exp(-((time % 0.42) ** 2) / 0.003)  # the same heart rate, too
    paths = []
    for i in range(4):
        sound = 0.02 * hum + 0.02 * beat * rng.standard_normal(len(time))
        paths.append(_write(sound, 4_000, tmp_path / f"{i}.flac"))
    pure = [_write(0.1 * hum[i:], 4_000, tmp_path / f"pure{i}.flac") for i in (0, 11)]
    found = twins_of(*paths, *pure)
    assert [(twin.first, twin.second) for twin in found if twin.first < 4] == []


def test_silence_is_like_nothing(tmp_path: Path) -> None:
    quiet = np.zeros(40_000)
    quiet[100] = 0.5  # a constant file is refused before
    paths = [_write(quiet, 4_000, tmp_path / f"{i}.wav") for i in range(3)]
    assert twins_of(*paths) == []


def test_many_copies_are_chained_not_compared_with_each_other(
    simulated: Path, tmp_path: Path
) -> None:
    x, rate = soundfile.read(sorted((simulated / "audio").iterdir())[0], dtype="float32")
    copies = [_write(x * 0.97**i, rate, tmp_path / f"{i:02}.flac") for i in range(24)]
    found = twins_of(*copies)
    assert len(found) == 23
    assert {0, *(twin.second for twin in found)} == set(range(24))


def test_a_file_that_vanished_is_passed_over(simulated: Path, tmp_path: Path) -> None:
    x, rate = soundfile.read(sorted((simulated / "audio").iterdir())[0], dtype="float32")
    paths = [_write(x * gain, rate, tmp_path / f"{gain}.flac") for gain in (1.0, 0.5)]
    prints = [landmarks_of(read_audio(path).samples) for path in paths]
    paths[1].unlink()
    seen: list[tuple[int, int]] = []
    assert find_twins(prints, paths, lambda done, total: seen.append((done, total))) == []
    assert seen == [(1, 1)]
