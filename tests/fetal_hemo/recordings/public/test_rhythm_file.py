"""A series comes back as it was written, and numpy alone can read it."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pytest

from fetal_hemo.errors import FetalHemoError
from fetal_hemo.recordings.public.rhythm_file import decode_rhythm, encode_rhythm

SERIES = np.array([140.25, np.nan, 0.5], dtype=np.float32)


def test_there_and_back() -> None:
    content = encode_rhythm(SERIES)
    np.testing.assert_array_equal(decode_rhythm(content, "x"), SERIES)
    np.testing.assert_array_equal(np.load(io.BytesIO(content)), SERIES)
    assert content == encode_rhythm(SERIES.astype(np.float64))


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def claims_a_petabyte() -> bytes:
    buffer = io.BytesIO()
    header = {"descr": "<f4", "fortran_order": False, "shape": (10**15,)}
    np.lib.format.write_array_header_1_0(buffer, header)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text",
        encode_rhythm(SERIES)[:-1],
        npy(SERIES.astype(np.float64)),
        npy(SERIES[None]),
        npy(np.array([{}], dtype=object)),
        pickle.dumps(SERIES),
        claims_a_petabyte(),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(FetalHemoError, match="E-DAMAGED"):
        decode_rhythm(content, "x")
