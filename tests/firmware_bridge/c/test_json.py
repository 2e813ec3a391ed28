"""The C reader of JSON takes what Python's reader of manifests takes, and no more."""

from __future__ import annotations

import ctypes
import json

import pytest

from firmware_bridge.errors import FetalHemoError
from firmware_bridge.manifest import parse_manifest

GOOD = [
    "{}",
    '{"a": 1, "b": [1, -2.5e-3, true, false, null, "x"]}',
    ' {"a":{"b":{"a":1}}, "c": [[], [{}]]}\n',
    '{"a": "\\u00e9\\ud83d\\ude00 \\" \\\\ \\/ \\b\\f\\n\\r\\t é 😀"}',
    '{"a": 0, "b": -0, "c": 10.0E+2, "ab": 0.1}',
    '{"": 1}',
]
BAD = [
    "",
    "{",
    "[1]",
    '"text"',
    '{"a": 1} x',
    '{"a": 1,}',
    '{"a": [1,]}',
    "{'a': 1}",
    '{"a": 01}',
    '{"a": .5}',
    '{"a": 1.}',
    '{"a": 1e}',
    '{"a": +1}',
    '{"a": NaN}',
    '{"a": Infinity}',
    '{"a": tru}',
    '{"a": "\t"}',
    '{"a": "\\x"}',
    '{"a": "\\u12"}',
    '{"a" 1}',
    '{"a": 1 "b": 2}',
    '{"a": 1, "a": 2}',
    '{"x": {"a": 1, "b": 2, "a": 1}}',
    '{"a": "unterminated}',
]
BAD_BYTES = [b'{"a": "\xff"}', b'{"a": "\xc0\xaf"}', b'{"a": "\xed\xa0\x80"}', b'{"a": "\xe2\x82"}']


class Bytes(ctypes.Structure):
    _fields_ = (("data", ctypes.c_char_p), ("count", ctypes.c_size_t))


def is_object(inside: ctypes.CDLL, text: bytes) -> bool:
    document = ctypes.create_string_buffer(64)
    inside.fhi_json_read.argtypes = [ctypes.c_void_p, Bytes]
    inside.fhi_json_free.argtypes = [ctypes.c_void_p]
    good = inside.fhi_json_read(document, Bytes(text, len(text)))
    values = ctypes.cast(document, ctypes.POINTER(ctypes.c_void_p))[0]
    kind = ctypes.cast(values, ctypes.POINTER(ctypes.c_int))[0] if good and values else None
    inside.fhi_json_free(document)
    return kind == 6  # FHI_OBJECT


def python_takes(text: bytes) -> bool:
    try:
        parse_manifest(text, "here")
    except FetalHemoError:
        return False
    return True


@pytest.mark.parametrize("text", [*(t.encode() for t in (*GOOD, *BAD)), *BAD_BYTES])
def test_as_python(inside: ctypes.CDLL, text: bytes) -> None:
    assert is_object(inside, text) == python_takes(text)


def test_what_could_be_read_in_two_ways_is_refused(inside: ctypes.CDLL) -> None:
    """Lone surrogates, names in disguise and depth without end, which Python's own takes."""
    for text in (b'{"a": "\\ud800"}', b'{"\\u0061": 1}', b"[" * 100_000, b'{"a":' * 70 + b"1"):
        assert not is_object(inside, text)
    deep = {"a": 1}
    for _ in range(50):
        deep = {"a": deep}
    assert is_object(inside, json.dumps(deep).encode())
