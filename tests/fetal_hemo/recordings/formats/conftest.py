"""The same sound in every format, by the libraries that write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

RATE = 4_000
Write = Callable[[Path, np.ndarray], Path]


def beat(seconds: float = 8.0, rate: int = RATE, peak: float = 0.5) -> np.ndarray:
    """A 300 Hz tone that beats like a heart, `(time,)`, with its largest sample at `peak`."""
    time = np.arange(round(seconds * rate)) / rate
    sound = np.sin(2 * np.pi * 300 * time) * (1.2 + np.sin(2 * np.pi * 2.4 * time))
    return peak * sound / np.abs(sound).max()


def write_wfdb(folder: Path, samples: np.ndarray, fmt: str = "16") -> Path:
    wfdb = pytest.importorskip("wfdb")
    columns = samples.reshape(len(samples), -1)
    bits = {"80": 8, "212": 12, "24": 24, "32": 32, "524": 24}.get(fmt, 16)
    digital = np.round(columns * (2 ** (bits - 1) - 1)).astype(np.int64)
    count = columns.shape[1]
    wfdb.wrsamp(
        "record",
        fs=RATE,
        units=["mV"] * count,
        sig_name=[f"doppler{n}" for n in range(count)],
        d_signal=digital,
        fmt=[fmt] * count,
        adc_gain=[200.0] * count,
        baseline=[0] * count,
        write_dir=str(folder),
    )
    return folder / "record.hea"


def write_edf(folder: Path, samples: np.ndarray, bits: int = 16) -> Path:
    edfio = pytest.importorskip("edfio")
    file, signal = (edfio.Edf, edfio.EdfSignal) if bits == 16 else (edfio.Bdf, edfio.BdfSignal)
    columns = samples.reshape(len(samples), -1)
    signals = [
        signal(c, RATE, label=f"doppler{n}", physical_range=(-1, 1))
        for n, c in enumerate(columns.T)
    ]
    rate = signal(np.full(round(len(samples) / RATE) * 4, 140.0), 4, label="FHR")
    path = folder / ("a.edf" if bits == 16 else "a.bdf")
    file([rate, *signals]).write(path)
    return path


def write_bdf(folder: Path, samples: np.ndarray) -> Path:
    return write_edf(folder, samples, bits=24)


def write_hdf5(folder: Path, samples: np.ndarray) -> Path:
    h5py = pytest.importorskip("h5py")
    with h5py.File(folder / "a.h5", "w") as file:
        group = file.create_group("visit")
        group.attrs["fs"] = RATE
        data = group.create_dataset("doppler", data=samples, compression="gzip", fletcher32=True)
        data.attrs["unit"] = "1"
        file["heart_rate"] = np.full(32, 140.0)
    return folder / "a.h5"


def write_mat(folder: Path, samples: np.ndarray) -> Path:
    io = pytest.importorskip("scipy.io")
    values = {"doppler": samples, "Fs": RATE, "label": "x", "cell": {"a": 1}}
    io.savemat(folder / "a.mat", values, do_compression=True)
    return folder / "a.mat"


def write_npy(folder: Path, samples: np.ndarray) -> Path:
    np.save(folder / "a.npy", samples)
    return folder / "a.npy"


@pytest.fixture(scope="session")
def sound() -> Callable[..., np.ndarray]:
    """`beat`."""
    return beat


@pytest.fixture(scope="session")
def writers() -> dict[str, Write]:
    """A writer of each format."""
    return {
        "wfdb": write_wfdb,
        "edf": write_edf,
        "bdf": write_bdf,
        "hdf5": write_hdf5,
        "mat": write_mat,
        "npy": write_npy,
    }
