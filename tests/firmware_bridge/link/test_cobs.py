"""Byte stuffing against PyPI's cobs."""

from __future__ import annotations

import pytest
from cobs import cobs as oracle
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.link import cobs

RUNS = st.lists(
    st.tuples(st.sampled_from([0, 1, 2, 253, 254, 255, 256, 507, 508, 509]), st.booleans()),
    max_size=5,
).map(lambda parts: b"".join(b"x" * length + b"\0" * zero for length, zero in parts))


@given(st.binary(max_size=600) | RUNS)
def test_encodes_as_the_oracle_does(data: bytes) -> None:
    stuffed = cobs.encode(data)
    assert stuffed == oracle.encode(data)
    assert 0 not in stuffed
    assert len(stuffed) <= len(data) + 1 + len(data) // 254
    assert cobs.decode(stuffed) == data


@given(st.binary(max_size=600))
def test_decodes_or_refuses_as_the_oracle_does(stuffed: bytes) -> None:
    try:
        expected = oracle.decode(stuffed)
    except oracle.DecodeError:
        with pytest.raises(cobs.BrokenFrame):
            cobs.decode(stuffed)
    else:
        assert cobs.decode(stuffed) == expected
