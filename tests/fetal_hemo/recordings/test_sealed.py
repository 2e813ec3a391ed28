"""Sealed documents: read back as written, and refused with any bit changed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetal_hemo.recordings.sealed import seal, unseal

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text().filter(lambda name: name != "seal"), VALUES, max_size=4))
def test_round_trip(content: dict[str, object]) -> None:
    assert unseal(seal(content)) == content


@given(st.data())
def test_no_bit_may_change(data: st.DataObject) -> None:
    whole = seal({"id": "R1", "gain": 0.5, "source": {"rate": 1_000, "name": None}})
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    broken = bytearray(whole)
    broken[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ValueError, match="damaged"):
        unseal(bytes(broken))


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"3", b'{"seal": 1}', b"{}", b"\xff", b"[" * 100_000, b"9" * 10_000]
)
def test_other_documents_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        unseal(data)


def test_the_same_content_written_otherwise_is_refused() -> None:
    content = json.loads(seal({"a": 1}))
    with pytest.raises(ValueError, match="damaged"):
        unseal(json.dumps(content).encode())
