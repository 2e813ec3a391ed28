"""Names of patients that are planted, and the search for them under whatever they may be packed.

planted = Planted(folder)
planted.new()                     # one more name to hide somewhere
found(planted, output, folder)    # those that came out
"""

from __future__ import annotations

import base64
import html
import io
import json
import os
import re
import struct
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

APPLICATION, PADDING, PICTURE, UNKNOWN = 2, 1, 6, 77  # metadata blocks of FLAC
DEEPEST, LARGEST = 4, 1 << 26  # of what is unpacked
DEFLATED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")  # gzip; zlib, as in PNG
BASE64 = re.compile(rb"[A-Za-z0-9+/]{4}(?:[A-Za-z0-9+/]|\r?\n[ \t]*(?=[A-Za-z0-9+/])){16,}={0,2}")


@dataclass
class Planted:
    """A cohort that is full of canaries, and an environment that holds some more."""

    folder: Path
    canaries: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    stems: set[str] = field(default_factory=set)

    def new(self, shape: str = "Zoquixó{}Marañón") -> str:
        """One more canary; `{}` becomes its number."""
        self.stems.add(max(shape.split("{}"), key=len))
        self.canaries.append(shape.format(f"{len(self.canaries):03d}"))
        return self.canaries[-1]


def run(planted: Planted, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """A verb, run where the canaries of the environment are."""
    command = [sys.executable, "-m", "fetal_hemo.cli", *map(str, arguments)]
    environment = {**os.environ, **planted.environment}
    return subprocess.run(command, capture_output=True, env=environment, check=False)


def found(planted: Planted, *places: bytes | Path) -> set[str]:
    """The canaries that stand in bytes, or in names and contents of files under a folder.

    Archives, compressed data and base64 are searched unpacked as well.
    """
    stems = [spelling for stem in planted.stems for spelling in spellings(stem)]
    everything = (layer for part in parts(places) for layer in layers(part))
    suspicious = b"\n".join(layer for layer in everything if any(stem in layer for stem in stems))
    return {c for c in planted.canaries if any(s in suspicious for s in spellings(c))}


def parts(places: tuple[bytes | Path, ...]) -> Iterator[bytes]:
    """The bytes of the places, and those of names and contents of files under the folders."""
    for place in places:
        if isinstance(place, bytes):
            yield place
            continue
        for path in [place, *place.rglob("*")]:
            yield os.fsencode(path.relative_to(place.parent))
            if path.is_file():
                yield path.read_bytes()


def layers(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and all that is packed in them."""
    yield data
    if depth < DEEPEST:
        for inner in (*zipped(data), *deflated(data), *in_base64(data)):
            yield from layers(inner, depth + 1)


def zipped(data: bytes) -> Iterator[bytes]:
    """Names, remarks and contents of the members of an archive."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                yield member.filename.encode() + member.comment + member.extra
                yield archive.read(member)
    except zipfile.BadZipFile:  # bytes that only look like one
        return


def deflated(data: bytes) -> Iterator[bytes]:
    """What gzip or zlib made smaller, wherever it begins."""
    for match in DEFLATED.finditer(data):
        try:
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
            inner = unpacker.decompress(data[match.start() :], LARGEST)
        except zlib.error:
            continue
        if inner:
            yield inner


def in_base64(data: bytes) -> Iterator[bytes]:
    """What long runs of base64 say."""
    for match in BASE64.finditer(data):
        letters = re.sub(rb"[\s=]", b"", match.group())
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        yield base64.b64decode(letters + b"=" * (-len(letters) % 4))


def spellings(canary: str) -> set[bytes]:
    """The bytes under which a canary may hide."""
    cased = {canary, canary.upper(), canary.lower()}
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD") for text in cased}
    escaped = {e for text in forms for e in (json.dumps(text)[1:-1], html.escape(text))}
    escaped |= {e for text in forms for e in (quote(text), text.encode("unicode_escape").decode())}
    escaped |= {text.encode("ascii", "xmlcharrefreplace").decode() for text in forms}
    codes = ("utf-8", "utf-16-le", "utf-16-be", "latin-1")
    return {text.encode(code, "ignore") for text in forms | escaped for code in codes}


def chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a WAV file."""
    body = b"INFOIART" + struct.pack("<I", len(body)) + body if name == b"LIST" else body
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def block(kind: int, body: bytes) -> bytes:
    """One metadata block of a FLAC file."""
    if kind == PICTURE:  # of a cover, described
        size = struct.pack(">IIIII", 1, 1, 24, 0, 0)
        body = struct.pack(">II", 3, 9) + b"image/png" + struct.pack(">I", len(body)) + body + size
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def with_raw_blocks(flac: bytes, planted: Planted) -> bytes:
    """The FLAC file with canaries in blocks that few programmes read."""
    kinds = (APPLICATION, PADDING, PICTURE, UNKNOWN)
    blocks = b"".join(block(kind, planted.new().encode()) for kind in kinds)
    return flac[:42] + blocks + flac[42:]  # behind the stream information
