"""A heart-rate series on disk: one `.npy` of float32 bpm, NaN where the signal is lost."""

from __future__ import annotations

import io

import numpy as np

from fetal_hemo.errors import FetalHemoError


def encode_rhythm(bpm: np.ndarray) -> bytes:
    """The `.npy` bytes of `(time,)` bpm; the same bytes for the same series."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(bpm, dtype="<f4"), allow_pickle=False)
    return buffer.getvalue()


def decode_rhythm(content: bytes, where: str) -> np.ndarray:
    """The series `(time,)` float32 in `.npy` bytes. Raises E-DAMAGED."""
    fix = "make the cohort again"
    try:
        bpm = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError):  # a header may claim any shape
        raise FetalHemoError("E-DAMAGED", "not a .npy file", where, fix) from None
    if not isinstance(bpm, np.ndarray) or bpm.ndim != 1 or bpm.dtype != np.dtype("<f4"):
        raise FetalHemoError("E-DAMAGED", "not one series of float32", where, fix)
    return bpm
