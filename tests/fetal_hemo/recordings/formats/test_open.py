"""Every format gives the samples that were written, and says by a code why it cannot."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.formats import open_recording, source_sha256
from firmware_bridge.audio import Audio, collect_audio

FORMATS = ("wfdb", "edf", "bdf", "hdf5", "mat", "npy")
STEP = {"wfdb": 2**-14, "edf": 2**-14, "bdf": 2**-22, "hdf5": 1e-7, "mat": 1e-7, "npy": 1e-7}


def read(path: Path, channel: int = 0, **how: Any) -> Audio:
    with open_recording(path, **how) as source:
        return collect_audio(source, lambda minute: channel, str(path))


def refusal(path: Path, **how: Any) -> FetalHemoError:
    with pytest.raises(FetalHemoError) as caught:
        read(path, **how)
    assert "\n" not in caught.value.line()
    return caught.value


@pytest.mark.parametrize("name", FORMATS)
def test_samples_come_back(name: str, writers: Any, sound: Any, tmp_path: Path) -> None:
    samples = sound()
    path = writers[name](tmp_path, samples)
    audio = read(path, rate_hz=4_000.0)
    assert (audio.source_rate_hz, audio.channels, audio.duration_s) == (4_000, 1, 8.0)
    assert np.abs(audio.samples - samples).max() <= STEP[name]
    assert audio.sha256 == source_sha256(path)


@pytest.mark.parametrize("name", FORMATS)
def test_the_channel_of_two_that_is_chosen(
    name: str, writers: Any, sound: Any, tmp_path: Path
) -> None:
    both = np.stack([np.roll(sound(), 700) / 2, sound()], axis=1)
    path = writers[name](tmp_path, both)
    for channel in (0, 1):
        audio = read(path, channel, rate_hz=4_000.0)
        assert (audio.channels, audio.channel) == (2, channel)
        assert np.abs(audio.samples - both[:, channel]).max() <= STEP[name]


@pytest.mark.parametrize("name", ["wfdb", "edf", "bdf"])
def test_the_signal_that_is_named(name: str, writers: Any, sound: Any, tmp_path: Path) -> None:
    path = writers[name](tmp_path, np.stack([sound() / 2, sound()], axis=1))
    audio = read(path, signal=" Doppler1 ")
    assert (audio.channels, audio.channel) == (1, 0)
    assert np.abs(audio.samples - sound()).max() <= STEP[name]
    error = refusal(path, signal="toco")
    assert error.code == "E-NO-SIGNAL"
    assert "doppler0, doppler1" in error.fix


def test_the_data_set_and_the_variable_that_are_named(
    writers: Any, sound: Any, tmp_path: Path
) -> None:
    for name in ("visit/doppler", "doppler"):
        assert read(writers["hdf5"](tmp_path, sound()), signal=name).duration_s == 8
    assert read(writers["mat"](tmp_path, sound()), signal="doppler").duration_s == 8
    assert refusal(tmp_path / "a.mat", signal="cell").code == "E-NO-SIGNAL"


@pytest.mark.parametrize("fmt", ["16", "24", "32", "80", "212", "516", "524"])
def test_wfdb_storage_formats(fmt: str, writers: Any, sound: Any, tmp_path: Path) -> None:
    samples = np.stack([sound(), sound() / 2], axis=1)
    audio = read(writers["wfdb"](tmp_path, samples, fmt), 1)
    assert np.abs(audio.samples - samples[:, 1]).max() <= (2**-6 if fmt == "80" else 2**-10)


@pytest.mark.parametrize("name", ["hdf5", "mat", "npy"])
def test_a_rate_that_no_one_says(name: str, sound: Any, tmp_path: Path) -> None:
    path = _without_rate(name, tmp_path, sound())
    error = refusal(path)
    assert (error.code, error.fix) == ("E-NO-RATE", "say it with --rate HZ")
    assert read(path, rate_hz=8_000.0).duration_s == 4


def _without_rate(name: str, folder: Path, samples: np.ndarray) -> Path:
    path = folder / f"a.{name}"
    if name == "hdf5":
        with pytest.importorskip("h5py").File(path, "w") as file:
            file["doppler"] = samples
    elif name == "mat":
        pytest.importorskip("scipy.io").savemat(path, {"doppler": samples})
    else:
        with path.open("wb") as file:
            np.save(file, samples)
    return path


def test_the_files_own_rate_comes_before_the_one_that_is_said(
    writers: Any, sound: Any, tmp_path: Path
) -> None:
    assert read(writers["mat"](tmp_path, sound()), rate_hz=8_000.0).source_rate_hz == 4_000


@pytest.mark.parametrize(
    ("array", "code"),
    [
        (np.zeros((2, 2, 2)), "E-NOT-AUDIO"),
        (np.array(["a", "b"]), "E-NOT-AUDIO"),
        (np.zeros(40_000, complex), "E-NOT-AUDIO"),
        (np.zeros((40_000, 9)), "E-NOT-AUDIO"),
        (np.zeros(40_000), "E-CONSTANT"),
        (np.append(np.ones(40_000), np.nan), "E-NOT-FINITE"),
        (np.append(np.ones(40_000), 1e300), "E-NOT-FINITE"),
        (np.arange(100), "E-TOO-SHORT"),
        (np.zeros(3_600 * 4_000 + 1, np.int8), "E-TOO-LONG"),
    ],
)
def test_arrays_that_are_no_recording(array: np.ndarray, code: str, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", array)
    assert refusal(tmp_path / "a.npy", rate_hz=4_000.0).code == code


def test_a_pickle_in_an_array_is_never_loaded(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (tmp_path.joinpath("exploded").touch, ())

    np.save(tmp_path / "a.npy", np.array([Bomb()] * 20_000, object), allow_pickle=True)
    assert refusal(tmp_path / "a.npy", rate_hz=4_000.0).code == "E-NOT-AUDIO"
    assert not (tmp_path / "exploded").exists()


def test_a_header_that_promises_more_than_memory_is_refused_before_loading(
    tmp_path: Path,
) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("doppler", (10**12,), "f8", chunks=(4_096,)).attrs["fs"] = 4_000
        file.create_dataset("wide", (10**5,), "f8", chunks=(10**5,)).attrs["fs"] = 4_000
    assert refusal(tmp_path / "a.h5").code == "E-TOO-LONG"
    with h5py.File(tmp_path / "b.h5", "w") as file:
        chunks = (2**26,)
        file.create_dataset("doppler", (2**26,), "f8", chunks=chunks).attrs["fs"] = 48_000
    assert refusal(tmp_path / "b.h5").code == "E-TOO-BIG"


def test_links_out_of_the_file_are_not_followed(sound: Any, tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["doppler"] = sound()
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["link"] = h5py.ExternalLink("other.h5", "doppler")
    assert refusal(tmp_path / "a.h5", rate_hz=4_000.0).code == "E-NOT-AUDIO"
    header = "r 1 4000 32000\n../other.dat 16 200 16 0 0 0 0 doppler\n"
    (tmp_path / "r.hea").write_text(header)
    assert refusal(tmp_path / "r.hea").code == "E-DAMAGED"


@pytest.mark.parametrize("name", ["wfdb", "edf", "bdf", "hdf5", "mat", "npy"])
def test_every_cut_is_noticed(name: str, writers: Any, sound: Any, tmp_path: Path) -> None:
    noise = np.random.default_rng(5).normal(size=32_000) * 0.1
    path = writers[name](tmp_path, noise)
    data = path.with_suffix(".dat") if name == "wfdb" else path
    whole = data.read_bytes()
    cuts = np.random.default_rng(1).integers(1, len(whole) - 1, 40)
    for cut in [*cuts.tolist(), len(whole) // 2]:
        data.write_bytes(whole[:cut])
        assert refusal(path, rate_hz=4_000.0).code in (
            *("E-TRUNCATED", "E-DAMAGED", "E-NOT-AUDIO", "E-EMPTY"),
            *("E-TOO-SHORT", "E-NO-SIGNAL"),
        )


@pytest.mark.parametrize("name", ["wfdb", "edf", "bdf", "hdf5", "mat", "npy"])
def test_damaged_bytes_never_raise_anything_else(
    name: str, writers: Any, sound: Any, tmp_path: Path
) -> None:
    path = writers[name](tmp_path, sound(4.0))
    whole = path.read_bytes()
    rng = np.random.default_rng(2)
    refused = 0
    for _ in range(60):
        broken = bytearray(whole)
        for at in rng.integers(0, min(len(whole), 3_000), rng.integers(1, 9)):
            broken[at] = rng.integers(0, 256)
        path.write_bytes(broken)
        try:
            read(path, rate_hz=4_000.0)
        except FetalHemoError:
            refused += 1
    assert refused > 0


@pytest.mark.parametrize("fmt", ["16", "212", "24", "80"])
def test_a_gap_of_a_wfdb_record_is_silence(
    fmt: str, writers: Any, sound: Any, tmp_path: Path
) -> None:
    samples = sound()
    bits = {"80": 8, "212": 12, "24": 24}.get(fmt, 16)
    half = 2 ** (bits - 1)  # the lowest number of a format says that there is none
    samples[9_000:9_400] = -half / (half - 1)
    path = writers["wfdb"](tmp_path, samples, fmt)
    audio = read(path)
    assert not audio.samples[9_000:9_400].any()
    assert np.abs(audio.samples - sound())[:9_000].max() <= 2**-7


def test_of_too_many_signals_one_may_be_named(writers: Any, sound: Any, tmp_path: Path) -> None:
    path = writers["edf"](tmp_path, np.stack([sound()] * 9, axis=1))
    error = refusal(path)
    assert error.code == "E-CHANNELS"
    assert "--signal: doppler0, doppler1" in error.fix
    assert read(path, signal="doppler8").duration_s == 8


def test_a_wfdb_record_without_its_signal_file(writers: Any, sound: Any, tmp_path: Path) -> None:
    path = writers["wfdb"](tmp_path, sound())
    path.with_suffix(".dat").unlink()
    assert refusal(path).code == "E-NOT-FOUND"


def test_the_hash_of_a_record_is_of_all_its_files(writers: Any, sound: Any, tmp_path: Path) -> None:
    path = writers["wfdb"](tmp_path, sound())
    parts = [hashlib.sha256(p.read_bytes()).digest() for p in (path, path.with_suffix(".dat"))]
    assert source_sha256(path) == hashlib.sha256(b"".join(parts)).hexdigest()


def test_sound_files_are_the_devices_own(sound: Any, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sound(8.0, 11_025), 11_025)
    audio = read(tmp_path / "a.wav", signal="ignored")
    assert audio.source_rate_hz == 11_025


def test_a_missing_package_is_not_blamed_on_the_file(
    writers: Any, sound: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = writers["edf"](tmp_path, sound())
    monkeypatch.setitem(sys.modules, "edfio", None)
    with pytest.raises(ModuleNotFoundError):
        read(path)


def test_a_mat_file_without_scipy_names_the_small_extra(
    writers: Any, sound: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = writers["mat"](tmp_path, sound())
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    error = refusal(path)
    assert (error.code, error.fix) == ("E-NEEDS-EXTRA", "pip install 'fetal-hemo[formats]'")


def test_real_wfdb_records_are_no_sound(data_dir: Path) -> None:
    """CTU-UHB holds heart rate and uterine activity at 4 Hz."""
    header = next((data_dir / "ctu-uhb").rglob("*.hea"))
    assert refusal(header).code == "E-SAMPLE-RATE"
