"""Tags are found by kind in every container, and files without any are called clean."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from fetal_hemo.deid.flac_blocks import copy_bare
from fetal_hemo.deid.tags import tags_of

SOUND = np.random.default_rng(0).normal(0, 0.1, 20_000)


def written(path: Path, subtype: str, title: str = "", rate: int = 16_000) -> Path:
    kind = path.suffix[1:].upper()
    with soundfile.SoundFile(path, "w", rate, 1, subtype, format=kind) as file:
        if title:
            file.title = title
        file.write(SOUND)
    return path


@pytest.mark.parametrize(
    ("name", "subtype", "found"),
    [
        ("a.wav", "PCM_16", ["WAV LIST INFO"]),
        ("a.flac", "PCM_16", ["FLAC comments"]),
        ("a.ogg", "VORBIS", ["OGG comments"]),
        ("a.ogg", "OPUS", ["OGG comments"]),
        ("a.mp3", "MPEG_LAYER_III", ["ID3v1"]),
    ],
)
def test_titles(tmp_path: Path, name: str, subtype: str, found: list[str]) -> None:
    assert tags_of(written(tmp_path / name, subtype, "Mrs Brown")) == found


def test_clean_files(tmp_path: Path) -> None:
    assert tags_of(written(tmp_path / "a.wav", "PCM_16")) == []
    assert tags_of(written(tmp_path / "float.wav", "FLOAT")) == []  # has fact and PEAK chunks
    copy_bare(written(tmp_path / "a.flac", "PCM_16", "Mrs Brown"), tmp_path / "b.flac")
    assert tags_of(tmp_path / "b.flac") == []
    copy_bare(tmp_path / "a.flac", tmp_path / "c.flac", "band_limit_hz=500")
    assert tags_of(tmp_path / "c.flac") == []
    copy_bare(tmp_path / "a.flac", tmp_path / "d.flac", "band_limit_hz=500 Mrs Brown")
    assert tags_of(tmp_path / "d.flac") == ["FLAC comments"]


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        (b"bext", b"x", "WAV bext"),
        (b"iXML", b"<x/>", "WAV iXML"),
        (b"id3 ", b"ID3", "WAV id3"),
        (b"LIST", b"adtlnote", "WAV LIST adtl"),
        (b"LIST", b"JaneDoe", "WAV LIST"),
        (b"Jane", b"Doe", "WAV other"),
        (b"JUNK", b"Jane", "WAV filler that is not empty"),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_chunks(tmp_path: Path, name: bytes, body: bytes, kind: str, before: bool) -> None:
    path = written(tmp_path / "a.wav", "PCM_16")
    data, chunk = (
        path.read_bytes(),
        name + struct.pack("<I", len(body)) + body + b"\0"[: len(body) % 2],
    )
    at = data.index(b"data") if before else len(data)
    path.write_bytes(data[:at] + chunk + data[at:])
    assert tags_of(path) == [kind]


def test_bytes_behind_the_end_and_empty_filler(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", "PCM_16")
    data = path.read_bytes()
    path.write_bytes(data + b"Jane Doe")
    assert tags_of(path) == ["WAV other"]  # eight bytes are the head of a chunk
    path.write_bytes(data + b"Jane")
    assert tags_of(path) == ["WAV data behind the end"]
    path.write_bytes(data + b"JUNK\4\0\0\0\0\0\0\0")
    assert tags_of(path) == []


def test_damaged_files_never_raise_and_print_no_content(tmp_path: Path) -> None:
    rng = random.Random(1)
    files = [
        written(tmp_path / f"a.{k}", s, "Jane") for k, s in (("wav", "PCM_16"), ("flac", "PCM_16"))
    ]
    files.append(written(tmp_path / "a.ogg", "VORBIS", "Jane"))
    for path in files:
        original = path.read_bytes()
        for _ in range(100):
            data = bytearray(original[: rng.choice([len(original), rng.randrange(200)])])
            for _ in range(3):
                if data:
                    data[rng.randrange(min(len(data), 120))] = rng.randrange(256)
            path.write_bytes(data)
            assert "Jane" not in " ".join(tags_of(path))
