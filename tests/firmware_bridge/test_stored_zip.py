"""The one form of zip, read by Python's own reader and refused in any other form."""

from __future__ import annotations

import io
import zipfile

import pytest

from firmware_bridge.stored_zip import NotCanonical, pack, unpack

MEMBERS = {"a.txt": b"alpha" * 100, "b.bin": bytes(range(256)), "empty": b""}
NAMES = tuple(MEMBERS)


def test_ordinary_readers_open_it() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(MEMBERS))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(NAMES)
        assert {name: archive.read(name) for name in NAMES} == MEMBERS


def test_round_trip() -> None:
    assert unpack(pack(MEMBERS), NAMES) == MEMBERS


def test_any_changed_byte_is_refused() -> None:
    data = pack(MEMBERS)
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
        with pytest.raises(NotCanonical):
            unpack(changed, NAMES)


def test_any_truncation_or_addition_is_refused() -> None:
    data = pack(MEMBERS)
    for stop in range(0, len(data), 7):
        with pytest.raises(NotCanonical):
            unpack(data[:stop], NAMES)
    for other in (data + b"\0", b"\0" + data):
        with pytest.raises(NotCanonical):
            unpack(other, NAMES)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_archives_of_other_writers_are_refused(compression: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in MEMBERS.items():
            archive.writestr(name, data)
        archive.comment = b"hello"
    with pytest.raises(NotCanonical):
        unpack(file.getvalue(), NAMES)
